package dev.hadal.kernel;

/**
 * Products of {@link RaisedRows} with packed FP8 weights, which need not be multiplied to be decoded: the bits of
 * {@link PackedKernels} over the rows themselves. Matrices have whole pairs of blocks of inputs.
 */
public interface RaisedKernels {
    /**
     * The product of one row and one panel.
     *
     * @param x raised inputs, one behind the other from {@code first} on
     * @param y receives a value for each lane; {@value PackedKernels#ROOM} long, what lies behind is destroyed
     */
    void multiply(float[] x, int first, PackedMatrix matrix, int panelIndex, float[] y);

    /** The same for two rows, their inputs in turn: a value for each lane of the first, then of the second. */
    void multiplyTwo(float[] x, int first, PackedMatrix matrix, int panelIndex, float[] y);

    /** The same for four rows, their inputs in turn. */
    void multiplyFour(float[] x, int first, PackedMatrix matrix, int panelIndex, float[] y);
}
