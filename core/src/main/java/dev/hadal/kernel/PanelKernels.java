package dev.hadal.kernel;

/** The product of many rows, {@link Kernels#multiply}, which every prompt spends its time in. */
interface PanelKernels {
    /** As {@link Kernels#multiply}. */
    void multiply(Rows x, Rows y, int firstRow, int rows, Panel panel);
}
