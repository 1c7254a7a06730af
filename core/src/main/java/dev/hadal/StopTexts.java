package dev.hadal;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks for stop texts in a stream, and holds back what may be the beginning of one. The first that is complete ends
 * the stream, of several that end with the same character the longest; how the text is cut does not matter.
 */
final class StopTexts {
    private final List<String> texts;
    /** By text and length of a beginning: the next shorter beginning of the text that this one ends with. */
    private final int[][] shorter;
    /** By text: how many of its characters the stream ends with at present. */
    private final int[] matched;

    private final StringBuilder held = new StringBuilder();
    private @Nullable String found;
    /** Length of the stop text and of what came with it. */
    private int hidden;

    StopTexts(List<String> texts) {
        this.texts = texts;
        this.shorter = texts.stream().map(StopTexts::shorterBeginnings).toArray(int[][]::new);
        this.matched = new int[texts.size()];
    }

    private static int[] shorterBeginnings(String text) {
        int[] shorter = new int[text.length() + 1];
        for (int length = 2; length <= text.length(); length++) {
            shorter[length] = extend(text, shorter, shorter[length - 1], text.charAt(length - 1));
        }
        return shorter;
    }

    /** The longest beginning of the text that a stream ends with after one more character. */
    private static int extend(String text, int[] shorter, int matched, char next) {
        int length = matched;
        while (length > 0 && (length == text.length() || text.charAt(length) != next)) {
            length = shorter[length];
        }
        return text.charAt(length) == next ? length + 1 : 0;
    }

    /** True once a stop text has appeared; nothing after it is let through. */
    boolean found() {
        return found != null;
    }

    /** The stop text that has appeared; null if none has. */
    @Nullable
    String text() {
        return found;
    }

    /** How many characters at the end of the stream so far have not been shown. */
    int heldLength() {
        return found == null ? held.length() : hidden;
    }

    /** Takes more text and returns what can be shown of it. */
    Optional<String> accept(String text) {
        if (found != null) {
            hidden += text.length();
            return Optional.empty();
        }
        for (int at = 0; at < text.length(); at++) {
            held.append(text.charAt(at));
            accept(text.charAt(at));
            if (found != null) {
                hidden = found.length() + text.length() - at - 1;
                Optional<String> shown = release(held.length() - found.length());
                held.setLength(0);
                return shown;
            }
        }
        int longest = 0;
        for (int length : matched) {
            longest = Math.max(longest, length);
        }
        return release(held.length() - longest);
    }

    private void accept(char next) {
        for (int i = 0; i < matched.length; i++) {
            String text = texts.get(i);
            matched[i] = extend(text, shorter[i], matched[i], next);
            if (matched[i] == text.length() && (found == null || text.length() > found.length())) {
                found = text;
            }
        }
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
}
