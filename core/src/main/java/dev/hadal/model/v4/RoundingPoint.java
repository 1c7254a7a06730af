package dev.hadal.model.v4;

/**
 * The places where the official code rounds to bf16, in the numbering of architecture.md 7.3. Each stands in the code
 * where it happens, as {@code numerics.round(POINT, ...)}, whether or not the mode in use rounds there.
 */
enum RoundingPoint {
    /** 1: the branch input that hyper-connections mix down, and the streams they mix up. */
    MIX,
    /** 2: every RMSNorm with a weight. */
    NORM,
    /** 3: every linear layer that is not kept in fp32. */
    LINEAR,
    /** 4: the norm of the query heads, in the official code rounded at each of its steps. */
    QUERY_NORM,
    /** 5: rotary embedding and its inverse. */
    ROTARY,
    /** 6: a compressed entry before its norm. */
    COMPRESSED,
    /** 7: index weights, products and scores. */
    INDEX,
    /** 8: the output of attention; probabilities are rounded for the values but not for their sum. */
    ATTENTION,
    /** 9: the experts' gated product and their sum. */
    EXPERT,
    /** 10: the final mix. */
    HEAD
}
