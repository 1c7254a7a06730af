package dev.hadal.model;

/** How numbers are rounded on their way (architecture.md 7.4). */
public enum NumericsMode {
    /** Exact weights, no rounding of what is stored: for checking the graph. */
    FP32,
    /** The model that was trained: everything stored or selected by is rounded as in its cache formats. */
    QAT,
    /**
     * As {@link #QAT}; inputs of FP4 products, those of the routed experts, are rounded to integers of at most 85 with a
     * step for 32 values. That is finer than the FP8 to which the official kernels round them, and faster than
     * not to round at all.
     */
    W4A8
}
