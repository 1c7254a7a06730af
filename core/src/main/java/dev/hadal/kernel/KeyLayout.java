package dev.hadal.kernel;

import dev.hadal.tensor.Formats;

/**
 * How {@value Panel#LANES} index keys are stored side by side (architecture.md 7.4): FP4 codes, eight neighbouring values
 * of a key in four bytes, lowest nibble first, the keys side by side; then the scales, one byte for {@value #GROUP}
 * values, those of four groups of a key in four bytes, the keys side by side. For keys of 128 values that is 68 bytes a
 * key.
 *
 * @param width values of a key, a multiple of {@value #GROUP}
 */
public record KeyLayout(int width) {
    /** Values that share a scale. */
    public static final int GROUP = 32;

    /** Values in four bytes. */
    static final int CODES = 8;

    /** Refuses keys that are not whole groups. */
    public KeyLayout {
        if (width % GROUP != 0) {
            throw new IllegalArgumentException("a key is whole groups of " + GROUP + " values, not " + width);
        }
    }

    /** Bytes of {@link Panel#LANES} keys. */
    public int bytes() {
        return scalesAt() + Math.ceilDiv(width, 4 * GROUP) * 4 * Panel.LANES;
    }

    /** Where the scales begin. */
    int scalesAt() {
        return width / 2 * Panel.LANES;
    }

    /** Where the four bytes begin that hold a value of a key. */
    int codesAt(int value, int lane) {
        return (value / CODES * Panel.LANES + lane) * 4;
    }

    /** Where the scale of a value of a key stands. */
    int scaleAt(int value, int lane) {
        int group = value / GROUP;
        return scalesAt() + (group / 4 * Panel.LANES + lane) * 4 + group % 4;
    }

    /** Stores a key. A group with a value that is not finite gets the scale NaN, and reads as all NaN. */
    public void store(float[] key, int offset, byte[] to, int lane) {
        for (int group = 0; group < width; group += GROUP) {
            float max = 0;
            for (int i = 0; i < GROUP; i++) {
                max = Math.max(max, Math.abs(key[offset + group + i]));
            }
            float scale = Formats.fp4GroupScale(max);
            to[scaleAt(group, lane)] = (byte) (Float.floatToRawIntBits(scale) >>> 23);
            for (int i = group; i < group + GROUP; i += 2) {
                int low = Float.isNaN(scale) ? 0 : Formats.toE2m1(key[offset + i] / scale);
                int high = Float.isNaN(scale) ? 0 : Formats.toE2m1(key[offset + i + 1] / scale);
                to[codesAt(i, lane) + i % CODES / 2] = (byte) (low | high << 4);
            }
        }
    }

    /** A value of a key. */
    float value(byte[] from, int index, int lane) {
        int pair = from[codesAt(index, lane) + index % CODES / 2];
        int code = (index % 2 == 0 ? pair : pair >> 4) & 15;
        return Formats.e2m1(code) * Formats.e8m0(from[scaleAt(index, lane)]);
    }
}
