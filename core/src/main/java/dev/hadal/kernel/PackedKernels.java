package dev.hadal.kernel;

/** The operations on packed matrices. Those on one, two or four rows are what every generated token spends its time in. */
public interface PackedKernels {
    /** Length of a {@code y}: four rows of lanes, and room for sums of single blocks. */
    int ROOM = 12 * Panel.LANES;

    /**
     * The product of one row and one panel: what {@link Kernels#multiply} gives for the unpacked panel over all inputs
     * and a {@code y} of zeros, in one go over the packed codes.
     *
     * @param x holds the row
     * @param offset where the row begins
     * @param y receives a value for each lane; {@value #ROOM} long, what lies behind is destroyed
     */
    void multiply(float[] x, int offset, PackedMatrix matrix, int panelIndex, float[] y);

    /**
     * The same for two rows, each code decoded once.
     *
     * @param x holds the rows
     * @param offset where the first row begins
     * @param second where the second row begins
     * @param y receives a value for each lane of the first row, then of the second; {@value #ROOM} long
     */
    void multiplyTwo(float[] x, int offset, int second, PackedMatrix matrix, int panelIndex, float[] y);

    /**
     * The same for four rows.
     *
     * @param x holds the rows
     * @param rows where each of the four begins
     * @param y receives a value for each lane of the first row, then of the others; {@value #ROOM} long
     */
    void multiplyFour(float[] x, int[] rows, PackedMatrix matrix, int panelIndex, float[] y);

    /**
     * The sums of one block of 128 inputs, fewer at the end of the panel, one for each lane: {@code part = 0}; for each
     * input in ascending order {@code part = fma(x[k], w[k][j], part)}.
     *
     * @param x holds the inputs from {@code offset} on
     * @param panel [inputs, lanes] weights
     * @param input the first of the block
     * @param sums receives a value for each lane from {@code at} on
     */
    void blockSum(float[] x, int offset, float[] panel, int input, float[] sums, int at);

    /** Decodes {@code depth} inputs of one panel, from {@code input} on, weights and scales. */
    void unpack(PackedMatrix matrix, int panelIndex, int input, int depth, Panel into);
}
