package dev.hadal.model.v4;

/** What one worker needs to pool a block: its tokens side by side, and the entry. */
final class CompressorWorkspace {
    /** [tokens, width] */
    final float[] values;
    /** [tokens, width] */
    final float[] scores;

    final float[] entry;

    CompressorWorkspace(int tokens, int width) {
        values = new float[Math.multiplyExact(tokens, width)];
        scores = new float[values.length];
        entry = new float[width];
    }

    long bytes() {
        return (values.length + scores.length + (long) entry.length) * Float.BYTES;
    }
}
