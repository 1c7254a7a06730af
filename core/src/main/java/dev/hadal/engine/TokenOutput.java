package dev.hadal.engine;

import dev.hadal.sample.LogProbs;
import dev.hadal.sample.TokenConstraint;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a request gives.
 *
 * @param choices answers to the one prompt, 1 to 128; they share its computation
 * @param topLogProbs alternatives that come with each id, up to {@value LogProbs#MAX_TOP}; 0 for the log-probability of the id alone, -1 for
 *     none
 * @param stopRules gives each choice its own rule
 * @param constraints gives each choice its own constraint; null if every id may be chosen
 */
public record TokenOutput(
        int choices,
        int topLogProbs,
        IntFunction<StopRule> stopRules,
        @Nullable IntFunction<TokenConstraint> constraints) {
    private static final int MOST_CHOICES = 128;
    private static final TokenOutput PLAIN = new TokenOutput(1, -1, choice -> id -> false, null);

    /** Checks the numbers. */
    public TokenOutput {
        if (choices < 1 || choices > MOST_CHOICES) {
            throw new IllegalArgumentException("choices must be from 1 to " + MOST_CHOICES + ", but is " + choices);
        }
        if (topLogProbs < -1 || topLogProbs > LogProbs.MAX_TOP) {
            throw new IllegalArgumentException(
                    "top log-probabilities must be from -1 (none) to " + LogProbs.MAX_TOP + ", but is " + topLogProbs);
        }
    }

    /** One answer, ids only. */
    public static TokenOutput plain() {
        return PLAIN;
    }

    /** This with another number of choices. */
    public TokenOutput withChoices(int other) {
        return new TokenOutput(other, topLogProbs, stopRules, constraints);
    }

    /** This with log-probabilities. */
    public TokenOutput withTopLogProbs(int other) {
        return new TokenOutput(choices, other, stopRules, constraints);
    }

    /** This with rules that end a choice. */
    public TokenOutput withStopRules(IntFunction<StopRule> other) {
        return new TokenOutput(choices, topLogProbs, other, constraints);
    }

    /** This with constraints, or none. */
    public TokenOutput withConstraints(@Nullable IntFunction<TokenConstraint> other) {
        return new TokenOutput(choices, topLogProbs, stopRules, other);
    }
}
