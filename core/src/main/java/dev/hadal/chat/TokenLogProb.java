package dev.hadal.chat;

import java.util.List;

/**
 * The log-probability of a sampled token, beside those of the likeliest.
 *
 * @param chosen the token that was sampled
 * @param top the likeliest tokens in descending order, as many as were asked for
 */
public record TokenLogProb(ScoredToken chosen, List<ScoredToken> top) {
    /** Copies the list. */
    public TokenLogProb {
        top = List.copyOf(top);
    }
}
