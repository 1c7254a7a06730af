package dev.hadal.sample;

import java.util.List;

/**
 * How likely a token was: natural logarithms of probabilities after adjustments, constraint and temperature, before
 * top-k, top-p and min-p. At temperature 0 the best token has 0 and every other one minus infinity; what a constraint
 * excludes has minus infinity at any temperature.
 *
 * @param chosen the token that came
 * @param top    the likeliest tokens, by descending logit, equal ones by ascending id; only such as could be chosen
 */
public record LogProbs(Entry chosen, List<Entry> top) {
    /** Most alternatives that can be asked for. */
    public static final int MAX_TOP = 20;

    /** Copies the list. */
    public LogProbs {
        top = List.copyOf(top);
    }

    /**
     * One token.
     *
     * @param id      its id
     * @param logProb logarithm of its probability, at most 0, or minus infinity
     */
    public record Entry(int id, float logProb) {}
}
