package dev.hadal.server.ops;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What a key may spend.
 *
 * @param budget in all, in dollars; null without limit
 * @param spent so far, in dollars
 */
public record Balance(@Nullable BigDecimal budget, BigDecimal spent) {
    /** Whether there is something left. */
    public boolean available() {
        return budget == null || spent.compareTo(budget) < 0;
    }

    /** What is left, at least nothing; null without limit. */
    public @Nullable BigDecimal left() {
        return budget == null ? null : budget.subtract(spent).max(BigDecimal.ZERO);
    }
}
