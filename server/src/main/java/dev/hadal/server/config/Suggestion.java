package dev.hadal.server.config;

import java.util.Collection;
import java.util.Comparator;

/** What somebody probably meant. */
public final class Suggestion {
    private static final int MOST_EDITS = 3;

    private Suggestion() {}

    /** A sentence that names what comes nearest, or else all there is. */
    public static String among(String given, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt((String name) -> edits(given, name))
                        .thenComparing(name -> name))
                .filter(name -> edits(given, name) <= MOST_EDITS)
                .map(name -> "did you mean " + name + "?")
                .orElse("known are " + String.join(", ", known));
    }

    /** The least number of letters to insert, delete or replace. */
    static int edits(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
