package dev.hadal.server.ops;

import dev.hadal.server.auth.ApiKey;
import dev.hadal.server.auth.ApiKeys;
import dev.hadal.server.auth.KeyLimits;
import dev.hadal.server.auth.Principal;
import dev.hadal.server.auth.Quotas;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Where what a request used is settled: in the ledger, the metrics, the key's rate and its budget, each once. */
public final class Accounts {
    private static final String NO_DIGEST = "0".repeat(64);

    private final @Nullable Ledger ledger;
    private final PriceList prices;
    private final ApiKeys keys;
    private final Quotas quotas;
    private final Metrics metrics;
    private final Clock clock;
    private final ApiKey anonymous;
    private final Map<String, Long> spent = new ConcurrentHashMap<>();

    /**
     * What there is to settle with.
     *
     * @param ledger the ledger; null to keep none
     * @param prices the price list
     * @param keys the keys
     * @param defaultBudget what each key without a budget of its own may spend, in dollars; null without limit
     * @param metrics the metrics
     * @param clock tells the time of records, which decides the price
     */
    public record Books(
            @Nullable Ledger ledger,
            PriceList prices,
            ApiKeys keys,
            @Nullable BigDecimal defaultBudget,
            Metrics metrics,
            Clock clock) {}

    private final @Nullable BigDecimal defaultBudget;

    /** Takes up where the ledger ended: budgets, and the rates of the last minute. */
    public Accounts(Books books, Quotas quotas) {
        this.ledger = books.ledger();
        this.prices = books.prices();
        this.keys = books.keys();
        this.defaultBudget = books.defaultBudget();
        this.metrics = books.metrics();
        this.clock = books.clock();
        this.quotas = quotas;
        this.anonymous = new ApiKey(Principal.anonymous(), NO_DIGEST, KeyLimits.none());
        if (ledger != null) {
            spent.putAll(ledger.spent());
            Instant minuteAgo = clock.instant().minus(Duration.ofMinutes(1));
            Map<String, Long> requests = ledger.requestsSince(minuteAgo);
            Map<String, Long> tokens = ledger.computedSince(minuteAgo);
            for (ApiKey key : keys.all()) {
                String name = key.principal().name();
                quotas.recall(key, requests.getOrDefault(name, 0L), tokens.getOrDefault(name, 0L));
            }
        }
    }

    /** Settles a finished or aborted request; to be called once for each, whatever happened. */
    public void settle(UsageRecord usage) {
        Instant now = clock.instant();
        long cost = prices.cost(usage.model(), usage.tokens(), now);
        spent.merge(usage.key(), cost, Long::sum);
        quotas.charge(key(usage.key()), usage.tokens().computed());
        metrics.settled(usage, cost);
        if (ledger != null) {
            ledger.record(usage, now, cost);
        }
    }

    /** What the holder of a key may still spend. */
    public Balance balance(Principal principal) {
        BigDecimal own = key(principal.name()).limits().budget();
        BigDecimal sum = BigDecimal.valueOf(spent.getOrDefault(principal.name(), 0L), 12);
        return new Balance(own == null ? defaultBudget : own, sum);
    }

    private ApiKey key(String name) {
        for (ApiKey key : keys.all()) {
            if (key.principal().name().equals(name)) {
                return key;
            }
        }
        return anonymous;
    }
}
