package dev.hadal.sample;

import java.util.Map;
import java.util.TreeMap;

/**
 * What is added to the logits of single tokens.
 *
 * @param values by token id; -100 to 100 each, at most {@link #MAX_ENTRIES} of them
 */
public record LogitBias(Map<Integer, Float> values) {
    /** Most tokens with a bias. */
    public static final int MAX_ENTRIES = 1024;

    private static final LogitBias NONE = new LogitBias(Map.of());
    private static final float HIGHEST = 100;

    /**
     * Checks ids, values and their number.
     *
     * @throws IllegalArgumentException naming what is out of range
     */
    public LogitBias {
        if (values.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException(
                    "logit bias must have at most " + MAX_ENTRIES + " entries, but has " + values.size());
        }
        values = Map.copyOf(values);
        // By ascending id, so that the message does not depend on a hash.
        new TreeMap<>(values).forEach(LogitBias::check);
    }

    private static void check(int id, float value) {
        if (id < 0) {
            throw new IllegalArgumentException("logit bias must name token ids of at least 0, but names " + id);
        }
        if (!(Math.abs(value) <= HIGHEST)) {
            throw new IllegalArgumentException(
                    "logit bias must be from -100 to 100, but is " + value + " for token " + id);
        }
    }

    /** No bias. */
    public static LogitBias none() {
        return NONE;
    }
}
