package dev.hadal.kernel;

/** Finds the indices of the {@code k} largest values of a stream. */
public interface Selection {
    /** Begins a selection of the {@code k} largest. */
    Selection start(int k);

    /** Considers {@code values[offset .. offset + length)}, whose indices begin at {@code firstIndex} and ascend. */
    Selection offer(StateKernels kernels, float[] values, int offset, int length, int firstIndex);

    /** Writes the selected indices in ascending order from {@code at} on and returns how many there are. */
    int finish(StateKernels kernels, int[] selected, int at);

    /** Memory held, in bytes. */
    long bytes();
}
