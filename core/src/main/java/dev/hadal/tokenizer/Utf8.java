package dev.hadal.tokenizer;

import java.nio.charset.StandardCharsets;

/** Text to UTF-8 and the shape of UTF-8 sequences. */
final class Utf8 {
    static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /**
     * The UTF-8 bytes of a text in which every unpaired surrogate counts as U+FFFD (encoding.md 2, step 1);
     * {@code getBytes} alone would turn it into a question mark.
     */
    static byte[] encode(String text) {
        int unpaired = unpairedSurrogate(text, 0);
        if (unpaired < 0) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        var repaired = new StringBuilder(text);
        while (unpaired >= 0) {
            repaired.setCharAt(unpaired, REPLACEMENT);
            unpaired = unpairedSurrogate(text, unpaired + 1);
        }
        return repaired.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The index of the first unpaired surrogate at or after {@code from}, which is no second half of a pair, or -1. */
    static int unpairedSurrogate(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    /** The length in bytes of a valid sequence from its first byte. */
    static int width(byte lead) {
        if (lead >= 0) {
            return 1;
        }
        return lead < (byte) 0xE0 ? 2 : lead < (byte) 0xF0 ? 3 : 4;
    }

    /** The code point of the valid sequence at an index. */
    static int codePoint(byte[] text, int at) {
        byte lead = text[at];
        return switch (width(lead)) {
            case 1 -> lead;
            case 2 -> ((lead & 0x1F) << 6) | tail(text, at + 1);
            case 3 -> ((lead & 0x0F) << 12) | (tail(text, at + 1) << 6) | tail(text, at + 2);
            default ->
                ((lead & 0x07) << 18) | (tail(text, at + 1) << 12) | (tail(text, at + 2) << 6) | tail(text, at + 3);
        };
    }

    private static int tail(byte[] text, int at) {
        return text[at] & 0x3F;
    }
}
