package dev.hadal.model;

/** How numbers are rounded on their way (architecture.md 7.4). */
public enum NumericsMode {
    /** Exact weights, no rounding of what is stored: for checking the graph. */
    FP32,
    /** The model that was trained: everything stored or selected by is rounded as in its cache formats. */
    QAT
}
