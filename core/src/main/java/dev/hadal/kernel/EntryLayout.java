package dev.hadal.kernel;

/**
 * How a window or compressed entry is stored (architecture.md 7.4): FP8 codes with one scale for {@value #GROUP}
 * values, then the rotary part in bf16, then one byte for each scale, then zeros up to a multiple of eight bytes. For
 * 512 values of which 64 are rotary that is 584 bytes.
 *
 * <p>Within a group the codes of values {@code l, 16 + l, 32 + l, 48 + l} are neighbours, for {@code l} from 0 to 15: one
 * load of ints then gives four vectors by shifts and masks.
 *
 * @param width values
 * @param plain how many of them, the first ones, are FP8; a multiple of {@value #GROUP}
 */
public record EntryLayout(int width, int plain) {
    /** Values that share a scale. */
    public static final int GROUP = 64;

    private static final int ALIGNMENT = 8;

    /** Refuses a plain part that is not whole groups. */
    public EntryLayout {
        if (plain % GROUP != 0 || plain > width) {
            throw new IllegalArgumentException(
                    "the plain part of an entry of " + width + " is whole groups of " + GROUP + ", not " + plain);
        }
    }

    /** Bytes of one entry. */
    public int bytes() {
        return Math.ceilDiv(scalesAt() + plain / GROUP, ALIGNMENT) * ALIGNMENT;
    }

    /** Where the rotary part begins. */
    int rotaryAt() {
        return plain;
    }

    /** Where the scales begin. */
    int scalesAt() {
        return plain + 2 * (width - plain);
    }

    /** Where the code of a value stands. */
    static int codeAt(int value) {
        int inGroup = value % GROUP;
        return value - inGroup + 4 * (inGroup % 16) + inGroup / 16;
    }
}
