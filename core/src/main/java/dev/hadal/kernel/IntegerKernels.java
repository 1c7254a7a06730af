package dev.hadal.kernel;

/**
 * Products of {@link IntegerRows} with packed FP4 weights, in whole numbers: the bits of {@link PackedKernels} over the
 * floats that the integers stand for. Matrices have whole groups of inputs.
 */
public interface IntegerKernels {
    /** Length of a {@code y}: four rows of lanes, room for the sums of their blocks, and for scales. */
    int ROOM = 16 * Panel.LANES;

    /**
     * The product of one row and one panel.
     *
     * @param row of {@code x}
     * @param y receives a value for each lane; {@value #ROOM} long, what lies behind is destroyed
     */
    void multiply(IntegerRows x, int row, PackedMatrix matrix, int panelIndex, float[] y);

    /** The same for two rows: a value for each lane of the first, then of the second. */
    void multiplyTwo(IntegerRows x, int first, int second, PackedMatrix matrix, int panelIndex, float[] y);

    /** The same for four rows, whose numbers are in {@code rows}. */
    void multiplyFour(IntegerRows x, int[] rows, PackedMatrix matrix, int panelIndex, float[] y);
}
