package dev.hadal.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class QuotasTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Quotas quotas = new Quotas(new TimeMeter() {
        @Override
        public long currentTimeNanos() {
            return nanos.get();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    });

    private static ApiKey key(KeyLimits limits) {
        return new ApiKey(new Principal("alice", "alice", Set.of(Right.INFERENCE)), ApiKey.digestOf("x"), limits);
    }

    @Test
    void a7RefusesABurstAboveTheRateAndSaysWhenThereIsRoomAgain() {
        ApiKey key = key(new KeyLimits(2, 0, 0, null));
        quotas.enter(key);
        quotas.enter(key);
        assertThatThrownBy(() -> quotas.enter(key))
                .isInstanceOf(QuotaException.class)
                .hasMessage("Rate limit reached: this key may send 2 requests a minute")
                .extracting(e -> ((QuotaException) e).retryAfter())
                .isEqualTo(Duration.ofSeconds(30));
        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        quotas.enter(key);
    }

    @Test
    void a7RefusesAKeyThatHasComputedTooMuchUntilTheDebtIsPaid() {
        ApiKey key = key(new KeyLimits(0, 600, 0, null));
        quotas.enter(key);
        quotas.charge(key, 1200);
        assertThatThrownBy(() -> quotas.enter(key)).hasMessageContaining("600 tokens computed a minute");
        nanos.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThatThrownBy(() -> quotas.enter(key)).isInstanceOf(QuotaException.class);
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        quotas.enter(key);
    }

    @Test
    void a7RemembersAfterARestartWhatTheLastMinuteUsed() {
        ApiKey key = key(new KeyLimits(5, 0, 0, null));
        quotas.recall(key, 5, 0);
        assertThatThrownBy(() -> quotas.enter(key)).isInstanceOf(QuotaException.class);
    }

    @Test
    void boundsWhatRunsAtATimeAndCountsARefusedRequestForNothing() {
        ApiKey key = key(new KeyLimits(0, 0, 1, null));
        quotas.enter(key);
        assertThatThrownBy(() -> quotas.enter(key)).hasMessageStartingWith("Too many requests at a time");
        assertThat(quotas.running(key)).isEqualTo(1);
        quotas.leave(key);
        quotas.enter(key);
    }
}
