package dev.hadal.cli.synth;

import dev.hadal.model.v4.V4Config;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * The experts of each token id in a hash layer (architecture.md 5): as many different ones as are used, all sets equally
 * likely.
 */
final class ExpertTable implements Elements {
    private final int experts;
    private final int used;
    private final TensorBits bits;

    ExpertTable(V4Config config, TensorBits bits) {
        this.experts = config.nRoutedExperts();
        this.used = config.numExpertsPerTok();
        this.bits = bits;
    }

    @Override
    public int together() {
        return used;
    }

    /** Row by row, by Floyd's sampling without replacement. */
    @Override
    public void draw(long first, byte[] buffer, int count) {
        LongBuffer table =
                ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
        for (int row = 0; row < count; row += used) {
            for (int choice = 0; choice < used; choice++) {
                int last = experts - used + choice;
                int drawn = bits.below(last + 1, first + row + choice);
                table.put(row + choice, contains(table, row, choice, drawn) ? last : drawn);
            }
        }
    }

    private static boolean contains(LongBuffer table, int from, int count, int expert) {
        for (int i = from; i < from + count; i++) {
            if (table.get(i) == expert) {
                return true;
            }
        }
        return false;
    }
}
