package dev.hadal.server.auth;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * How much a key may use.
 *
 * @param requestsPerMinute requests a minute, on average; 0 without limit
 * @param tokensPerMinute computed tokens a minute, on average; 0 without limit
 * @param concurrency requests at a time; 0 without limit
 * @param budget what may be spent in all, in dollars; null without limit
 */
public record KeyLimits(
        int requestsPerMinute,
        int tokensPerMinute,
        int concurrency,
        @Nullable BigDecimal budget) {
    /** No limits. */
    public static KeyLimits none() {
        return new KeyLimits(0, 0, 0, null);
    }
}
