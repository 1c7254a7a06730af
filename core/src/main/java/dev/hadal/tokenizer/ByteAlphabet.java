package dev.hadal.tokenizer;

import java.util.Arrays;

/**
 * The spelling of bytes in a byte-level vocabulary (encoding.md 2, step 4): 33-126, 161-172 and 174-255 stand for
 * themselves, the other 68 bytes for the characters from U+0100 upward.
 */
final class ByteAlphabet {
    private static final int FIRST_SUBSTITUTE = 0x100;
    private static final short[] BYTE_OF = bytesByCharacter();

    private ByteAlphabet() {}

    /** The byte (0-255) that a character stands for, or -1. */
    private static int byteOf(char spelled) {
        return spelled < BYTE_OF.length ? BYTE_OF[spelled] : -1;
    }

    /** The bytes that a token's spelling stands for; none if it contains a character that stands for no byte. */
    static byte[] bytes(String spelling) {
        var bytes = new byte[spelling.length()];
        for (int i = 0; i < bytes.length; i++) {
            int value = byteOf(spelling.charAt(i));
            if (value < 0) {
                return new byte[0];
            }
            bytes[i] = (byte) value;
        }
        return bytes;
    }

    private static short[] bytesByCharacter() {
        var bytes = new short[FIRST_SUBSTITUTE + 68];
        Arrays.fill(bytes, (short) -1);
        int substitute = FIRST_SUBSTITUTE;
        for (int value = 0; value < 256; value++) {
            boolean printable = (value >= 33 && value <= 126) || (value >= 161 && value != 173);
            bytes[printable ? value : substitute++] = (short) value;
        }
        return bytes;
    }
}
