package dev.hadal.model.v4;

/** A 64-bit hash of a stream of numbers, each step a bijection of what came before: no flipped bit goes unnoticed. */
final class Checksum {
    private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;

    private long value = MULTIPLIER;

    /** Adds a number. */
    Checksum add(long number) {
        long mixed = (value ^ number) * MULTIPLIER;
        value = mixed ^ mixed >>> 32;
        return this;
    }

    /** Adds the bits of values. */
    Checksum add(float[] values, int from, int length) {
        for (int i = from; i < from + length; i++) {
            add(Float.floatToRawIntBits(values[i]));
        }
        return this;
    }

    /** The hash so far. */
    long value() {
        return value;
    }
}
