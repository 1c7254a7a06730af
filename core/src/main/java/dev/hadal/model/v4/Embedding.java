package dev.hadal.model.v4;

import dev.hadal.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The embedding table, read row by row where it is mapped.
 *
 * @param table [vocabulary, d] BF16
 */
record Embedding(Tensor table) {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Writes the vector of a token. */
    void read(int token, float[] values, int offset) {
        int dim = table.dim(1);
        long at = (long) token * dim * Short.BYTES;
        for (int i = 0; i < dim; i++) {
            values[offset + i] = Float.intBitsToFloat(table.data().get(SHORT, at + (long) i * Short.BYTES) << 16);
        }
    }
}
