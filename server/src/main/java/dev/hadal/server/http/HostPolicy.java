package dev.hadal.server.http;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which names the server answers to. A page in a browser can make a name of its own point at this machine; what it
 * can not do is choose another Host header than that name.
 */
public final class HostPolicy {
    private final Set<String> names;
    private final boolean anyAddress;

    private HostPolicy(Set<String> names, boolean anyAddress) {
        this.names = names;
        this.anyAddress = anyAddress;
    }

    /**
     * The policy of a server that listens on a host.
     *
     * @param bound the host it listens on; unless that is the loopback, every address in digits is a name of it
     * @param more further names, as behind a proxy
     */
    public static HostPolicy of(String bound, Iterable<String> more) {
        TreeSet<String> names = new TreeSet<>();
        names.add("localhost");
        names.add(plain(bound));
        more.forEach(name -> names.add(plain(name)));
        return new HostPolicy(names, !isLoopback(plain(bound)));
    }

    /** Whether a host is this machine and cannot be reached from another. */
    public static boolean isLoopback(String host) {
        String name = plain(host);
        return name.equals("localhost") || name.equals("::1") || (name.startsWith("127.") && isDigits(name));
    }

    /** Whether a Host header names this server, with or without a port. */
    boolean accepts(String header) {
        String name = nameOf(header);
        if (name == null) {
            return false;
        }
        return names.contains(name) || isLoopback(name) || (anyAddress && (isDigits(name) || name.indexOf(':') >= 0));
    }

    /** The name in a Host header, in small letters; null if the header is not a name with or without a port. */
    private static @Nullable String nameOf(String header) {
        String name = header;
        String port = "";
        int end = header.startsWith("[") ? header.indexOf(']') : -1;
        int colon = header.indexOf(':', Math.max(end, 0));
        if (colon >= 0) {
            name = header.substring(0, colon);
            port = header.substring(colon + 1);
            if (port.isEmpty() || port.length() > 5 || !port.chars().allMatch(HostPolicy::isDigit)) {
                return null;
            }
        }
        name = plain(name);
        boolean bracketed = header.startsWith("[");
        boolean legal = !name.isEmpty()
                && name.chars().allMatch(c -> bracketed ? isHex(c) || c == ':' || c == '.' : isNameChar(c));
        return legal ? name : null;
    }

    private static String plain(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.startsWith("[") && name.endsWith("]")) {
            name = name.substring(1, name.length() - 1);
        }
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private static boolean isDigits(String name) {
        return !name.isEmpty() && name.chars().allMatch(c -> isDigit(c) || c == '.');
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isHex(int c) {
        return isDigit(c) || (c >= 'a' && c <= 'f');
    }

    private static boolean isNameChar(int c) {
        return isDigit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
    }
}
