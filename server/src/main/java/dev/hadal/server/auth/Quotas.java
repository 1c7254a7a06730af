package dev.hadal.server.auth;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.EstimationProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Rates and concurrency of keys. Requests are counted when they come, tokens when they have been computed: a key that
 * has computed more than its rate allows is refused until the debt is paid. The time is monotonic, so that setting the
 * clock changes nothing.
 */
public final class Quotas {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration SOON = Duration.ofSeconds(1);

    private final TimeMeter time;
    private final Map<String, Account> accounts = new ConcurrentHashMap<>();

    /** What one key has used; made anew when its limits change. */
    private record Account(
            KeyLimits limits,
            @Nullable Bucket requests,
            @Nullable Bucket tokens,
            AtomicInteger running) {}

    /** By the system's monotonic time. */
    public Quotas() {
        this(TimeMeter.SYSTEM_NANOTIME);
    }

    Quotas(TimeMeter time) {
        this.time = time;
    }

    private Account account(ApiKey key) {
        return accounts.compute(key.principal().name(), (name, known) -> {
            if (known != null && known.limits().equals(key.limits())) {
                return known;
            }
            KeyLimits limits = key.limits();
            return new Account(
                    limits,
                    bucket(limits.requestsPerMinute()),
                    bucket(limits.tokensPerMinute()),
                    known == null ? new AtomicInteger() : known.running());
        });
    }

    private @Nullable Bucket bucket(int perMinute) {
        if (perMinute == 0) {
            return null;
        }
        Bandwidth rate = Bandwidth.builder()
                .capacity(perMinute)
                .refillGreedy(perMinute, MINUTE)
                .build();
        return Bucket.builder().addLimit(rate).withCustomTimePrecision(time).build();
    }

    /**
     * Lets a request of a key in; {@link #leave} lets it out.
     *
     * @throws QuotaException if the key has used up its requests, its tokens or its concurrency
     */
    public void enter(ApiKey key) {
        Account account = account(key);
        KeyLimits limits = account.limits();
        int running = account.running().incrementAndGet();
        try {
            if (limits.concurrency() > 0 && running > limits.concurrency()) {
                throw new QuotaException(
                        "Too many requests at a time: this key may have " + limits.concurrency() + " running", SOON);
            }
            Bucket tokens = account.tokens();
            if (tokens != null) {
                EstimationProbe probe = tokens.estimateAbilityToConsume(1);
                if (!probe.canBeConsumed()) {
                    throw new QuotaException(
                            "Rate limit reached: this key may have " + limits.tokensPerMinute()
                                    + " tokens computed a minute",
                            Duration.ofNanos(probe.getNanosToWaitForRefill()));
                }
            }
            Bucket requests = account.requests();
            if (requests != null) {
                ConsumptionProbe probe = requests.tryConsumeAndReturnRemaining(1);
                if (!probe.isConsumed()) {
                    throw new QuotaException(
                            "Rate limit reached: this key may send " + limits.requestsPerMinute()
                                    + " requests a minute",
                            Duration.ofNanos(probe.getNanosToWaitForRefill()));
                }
            }
        } catch (QuotaException e) {
            account.running().decrementAndGet();
            throw e;
        }
    }

    /** The request is over. */
    public void leave(ApiKey key) {
        account(key).running().decrementAndGet();
    }

    /** Tokens were computed for a key. */
    public void charge(ApiKey key, long tokens) {
        Bucket bucket = account(key).tokens();
        if (bucket != null && tokens > 0) {
            bucket.consumeIgnoringRateLimits(tokens);
        }
    }

    /** What a key used in the last minute, before this process began. */
    public void recall(ApiKey key, long requests, long tokens) {
        Bucket bucket = account(key).requests();
        if (bucket != null && requests > 0) {
            bucket.consumeIgnoringRateLimits(requests);
        }
        charge(key, tokens);
    }

    /** Requests of a key that are running. */
    public int running(ApiKey key) {
        return account(key).running().get();
    }
}
