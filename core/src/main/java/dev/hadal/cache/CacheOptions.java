package dev.hadal.cache;

/**
 * The bounds of a {@link PrefixTree}, apart from its {@link KvBudget}.
 *
 * @param spacing         least distance of two waypoints; 128 where compressors have nothing unfinished at its multiples
 * @param widestSpacing   greatest distance under pressure, {@code spacing} times a power of two
 * @param snapshots       most snapshots
 * @param rememberedIds   once the tree has more ids than this, it forgets the paths of evicted snapshots, by which a miss
 *     is explained
 */
public record CacheOptions(int spacing, int widestSpacing, int snapshots, int rememberedIds) {
    private static final CacheOptions DEFAULTS = new CacheOptions(128, 8192, 4096, 1 << 22);

    /** Checks the numbers. */
    public CacheOptions {
        if (spacing < 1 || snapshots < 1 || rememberedIds < 0) {
            throw new IllegalArgumentException("a cache needs a spacing and a number of snapshots of at least 1, not "
                    + spacing + " and " + snapshots + ", and remembers at least 0 ids, not " + rememberedIds);
        }
        if (widestSpacing % spacing != 0 || Integer.bitCount(widestSpacing / spacing) != 1) {
            throw new IllegalArgumentException(
                    "the widest spacing is the spacing of " + spacing + " times a power of two, not " + widestSpacing);
        }
    }

    /** Waypoints every 128 to 8,192 tokens, 4,096 snapshots, 4 million ids. */
    public static CacheOptions defaults() {
        return DEFAULTS;
    }
}
