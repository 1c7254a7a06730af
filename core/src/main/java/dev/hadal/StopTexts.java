package dev.hadal;

import java.util.List;
import java.util.Optional;

/** Looks for stop texts in a stream, and holds back what may be the beginning of one. */
final class StopTexts {
    private final List<String> texts;
    private final StringBuilder held = new StringBuilder();
    private boolean found;

    StopTexts(List<String> texts) {
        this.texts = texts;
    }

    /** True once a stop text has appeared; nothing after it is let through. */
    boolean found() {
        return found;
    }

    /** Takes more text and returns what can be shown of it. */
    Optional<String> accept(String text) {
        if (found) {
            return Optional.empty();
        }
        held.append(text);
        int stop = earliest();
        if (stop >= 0) {
            found = true;
            held.setLength(stop);
            return release(stop);
        }
        return release(held.length() - longestBeginning());
    }

    /** Returns what was held back, when no more text can come. */
    Optional<String> finish() {
        return release(held.length());
    }

    private Optional<String> release(int length) {
        if (length == 0) {
            return Optional.empty();
        }
        String text = held.substring(0, length);
        held.delete(0, length);
        return Optional.of(text);
    }

    private int earliest() {
        int earliest = -1;
        for (String text : texts) {
            int at = held.indexOf(text);
            if (at >= 0 && (earliest < 0 || at < earliest)) {
                earliest = at;
            }
        }
        return earliest;
    }

    /** Length of the longest end of the held text that begins a stop text. */
    private int longestBeginning() {
        int longest = 0;
        for (String text : texts) {
            for (int length = Math.min(text.length() - 1, held.length()); length > longest; length--) {
                if (text.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
