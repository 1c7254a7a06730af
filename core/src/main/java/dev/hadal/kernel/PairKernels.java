package dev.hadal.kernel;

/**
 * Products of one row with two panels at once, which lie apart: a thread that reads two streams in turn, line by line,
 * gets more from memory than with one, since the processor reads ahead in each. The bits are those of the panels one by
 * one. FP4 has none: its codes are read as fast as they can be multiplied.
 *
 * <p>A {@code y} receives a value for each lane of the first panel, then of the other; it is {@value PackedKernels#ROOM}
 * long, what lies behind is destroyed.
 */
public interface PairKernels {
    /** The row that begins at {@code x[offset]}, with BF16 weights in whole blocks of 128 inputs. */
    void multiply(float[] x, int offset, PackedMatrix matrix, int panelIndex, int otherPanel, float[] y);

    /** A row of {@link RaisedRows} that begins at {@code x[first]}, with FP8 weights in whole groups. */
    void multiplyRaised(float[] x, int first, PackedMatrix matrix, int panelIndex, int otherPanel, float[] y);
}
