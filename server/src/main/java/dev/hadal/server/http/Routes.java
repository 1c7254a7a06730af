package dev.hadal.server.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The table of routes: a path and a method that are not in it are refused. */
final class Routes {
    private final Map<String, List<Route>> exact = new LinkedHashMap<>();
    private final List<Route> patterns = new ArrayList<>();

    /**
     * What a path leads to.
     *
     * @param route the route
     * @param parameters values of the segments in braces, by name
     */
    record Match(Route route, Map<String, String> parameters) {}

    Routes(List<Route> routes) {
        for (Route route : routes) {
            if (route.path().contains("{")) {
                patterns.add(route);
            } else {
                List<Route> same = exact.computeIfAbsent(route.path(), path -> new ArrayList<>());
                if (same.stream().anyMatch(other -> other.method().equals(route.method()))) {
                    throw new IllegalArgumentException("two routes for " + route.method() + " " + route.path());
                }
                same.add(route);
            }
        }
    }

    /** The route for a method and a path; null if there is none. HEAD is served as GET. */
    @Nullable
    Match find(String method, String path) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        for (Match match : at(path)) {
            if (match.route().method().equals(wanted)) {
                return match;
            }
        }
        return null;
    }

    /** The methods that a path knows, as for the header Allow; empty if the path does not exist. */
    String allowed(String path) {
        TreeSet<String> methods = new TreeSet<>();
        for (Match match : at(path)) {
            methods.add(match.route().method());
        }
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        if (!methods.isEmpty()) {
            methods.add("OPTIONS");
        }
        return String.join(", ", methods);
    }

    private List<Match> at(String path) {
        List<Route> same = exact.get(path);
        if (same != null) {
            return same.stream().map(route -> new Match(route, Map.of())).toList();
        }
        List<Match> matches = new ArrayList<>();
        for (Route route : patterns) {
            Map<String, String> parameters = parameters(route.path(), path);
            if (parameters != null) {
                matches.add(new Match(route, parameters));
            }
        }
        return matches;
    }

    private static @Nullable Map<String, String> parameters(String pattern, String path) {
        List<String> wanted = segments(pattern);
        List<String> given = segments(path);
        if (wanted.size() != given.size()) {
            return null;
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i < wanted.size(); i++) {
            String segment = wanted.get(i);
            if (segment.startsWith("{")) {
                parameters.put(segment.substring(1, segment.length() - 1), given.get(i));
            } else if (!segment.equals(given.get(i))) {
                return null;
            }
        }
        return parameters;
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        int start = 0;
        for (int at = path.indexOf('/'); at >= 0; at = path.indexOf('/', start)) {
            segments.add(path.substring(start, at));
            start = at + 1;
        }
        segments.add(path.substring(start));
        return segments;
    }
}
