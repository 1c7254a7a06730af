package dev.hadal.model.v4;

/** What a layer attends to besides its sliding window (architecture.md 1). */
public enum LayerKind {
    /** Sliding window only. */
    SWA(0),
    /** Compressed sparse attention: blocks of 4 tokens, overlapping, chosen by the indexer. */
    CSA(4),
    /** Heavily compressed attention: blocks of 128 tokens, all of them visible. */
    HCA(128);

    private final int ratio;

    LayerKind(int ratio) {
        this.ratio = ratio;
    }

    /** Tokens per compressed entry; 0 when there are none. */
    public int ratio() {
        return ratio;
    }
}
