package dev.hadal.model.v4;

import dev.hadal.kernel.HeadGroup;
import dev.hadal.kernel.Rows;

/** What one worker needs to attend: the entries of a tile's windows and of a block of keys as floats, and a group of heads. */
final class AttentionWorkspace {
    /**
     * Values between two keys beyond those of a key. Without them equal columns of neighbouring keys would compete for
     * the same few lines of a cache.
     */
    private static final int APART = 16;

    /** [tile rows + window - 1, head dim] entries of consecutive positions. */
    final Rows window;
    /** [block, head dim] gathered keys, which are the values too. */
    final Rows keys;

    final HeadGroup heads;

    AttentionWorkspace(V4Config config) {
        int stride = config.headDim() + APART;
        window = Rows.allocate(Tiles.MOST_ROWS + config.slidingWindow() - 1, stride);
        keys = Rows.allocate(HeadGroup.BLOCK, stride);
        heads = new HeadGroup(config.headDim());
    }

    long bytes() {
        return window.bytes() + keys.bytes() + heads.bytes();
    }
}
