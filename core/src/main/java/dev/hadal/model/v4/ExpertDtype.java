package dev.hadal.model.v4;

/** Storage of the routed experts' weights (architecture.md 1, 6.2). */
public enum ExpertDtype {
    /** Packed e2m1 in I8, one scale for 32 inputs. */
    FP4,
    /** e4m3, one scale for 128 x 128: the Base models. */
    FP8,
    /** The key is absent, as in the first upload: the tensors decide. */
    UNSTATED
}
