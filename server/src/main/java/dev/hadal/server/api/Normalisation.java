package dev.hadal.server.api;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What was left out or put differently so that equal conversations become equal prompts; told in a header. */
public final class Normalisation {
    /** The response header that tells it. */
    public static final String HEADER = "x-hadal-normalized";

    /** A line in the system text that names the client's version and changes with it. */
    public static final String ATTRIBUTION = "attribution";
    /** The session in the user's id. */
    public static final String SESSION = "session";
    /** System messages after the first user message became part of the user's turn. */
    public static final String LATE_SYSTEM = "late-system";
    /** Images, which text models cannot see, became a placeholder. */
    public static final String IMAGES = "images";
    /** Tools that run on the vendor's servers were left out. */
    public static final String SERVER_TOOLS = "server-tools";
    /** Tools that the request forbids to call were left out. */
    public static final String FORBIDDEN_TOOLS = "forbidden-tools";

    private final Set<String> done = new LinkedHashSet<>();

    /** Nothing yet. */
    public Normalisation() {}

    /** Remembers one of the constants. */
    public void add(String what) {
        done.add(what);
    }

    /** What was done, in the order in which it was first done. */
    public List<String> words() {
        return List.copyOf(done);
    }

    /** Whether nothing was done. */
    public boolean isEmpty() {
        return done.isEmpty();
    }

    /** The {@link #words} joined with commas. */
    @Override
    public String toString() {
        return String.join(", ", done);
    }
}
