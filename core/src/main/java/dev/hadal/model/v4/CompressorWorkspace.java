package dev.hadal.model.v4;

/** What one worker needs to pool a block: its tokens side by side, the entry, and the angles of its first position. */
final class CompressorWorkspace {
    /** [tokens, width] */
    final float[] values;
    /** [tokens, width] */
    final float[] scores;

    final float[] entry;

    private final Rope.Angles angles;
    /** Layers finish blocks at the same positions, so the angles serve them all. */
    private int position = -1;

    CompressorWorkspace(int tokens, int width, int pairs) {
        values = new float[Math.multiplyExact(tokens, width)];
        scores = new float[values.length];
        entry = new float[width];
        angles = Rope.Angles.allocate(1, pairs);
    }

    /** The angles of a position, as row 0. */
    Rope.Angles angles(Rope rope, int firstPosition) {
        if (position != firstPosition) {
            rope.angles(firstPosition, angles, 0);
            position = firstPosition;
        }
        return angles;
    }

    long bytes() {
        return (values.length + scores.length + (long) entry.length) * Float.BYTES + angles.bytes();
    }
}
