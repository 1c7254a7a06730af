package dev.hadal.model.v4;

/** What one worker needs to pool a block: a few vectors as wide as an entry. */
final class CompressorWorkspace {
    final float[] entry;
    final float[] max;
    final float[] sum;
    final float[] weight;
    final Rope.Angles angles;

    CompressorWorkspace(int width, int pairs) {
        entry = new float[width];
        max = new float[width];
        sum = new float[width];
        weight = new float[width];
        angles = Rope.Angles.allocate(1, pairs);
    }

    long bytes() {
        return (4L * entry.length + 2L * angles.cosines().length) * Float.BYTES;
    }
}
