package dev.hadal.kernel;

/** The operations on panels, {@link Kernels#multiply} and {@link Kernels#unpack}, which every prompt spends its time in. */
interface PanelKernels {
    /** As {@link Kernels#multiply}. */
    void multiply(Rows x, Rows y, int firstRow, int rows, Panel panel);

    /** As {@link Kernels#unpack}. */
    void unpack(PackedMatrix matrix, int panelIndex, int input, int depth, Panel into);
}
