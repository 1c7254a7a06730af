package dev.hadal.model.v4;

import dev.hadal.kernel.Rows;

/** Sees inner values as they are computed; for tests and for showing a model at work. */
@FunctionalInterface
interface Trace {
    /** Where in a block the values stand. */
    enum Stage {
        /** Input of attention, after its norm; [rows, d]. */
        ATTN_IN,
        /** Output of attention; [rows, d]. */
        ATTN_OUT,
        /** Input of the experts, after their norm; [rows, d]. */
        FFN_IN,
        /** Output of the experts; [rows, d]. */
        FFN_OUT,
        /** The residual streams after the block; [rows, 4 d]. */
        STREAMS
    }

    /** Does not look. */
    Trace NONE = (layer, stage, values) -> {};

    /** Called once for each layer and stage of a batch; the values are valid during the call only. */
    void record(int layer, Stage stage, Rows values);
}
