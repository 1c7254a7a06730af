package dev.hadal.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is taken is given back, and never more is taken than there is. */
@Timeout(60)
final class BodyBudgetTest {
    private static final int MIB = 1 << 20;
    private static final int SMALL = BodyBudget.SMALL_BYTES;

    private static BodyBudget budget(long bytes, int percent) {
        return new BodyBudget(new Limits.Body(MIB, 1 << 10, bytes, percent));
    }

    private static void assertRefused(BodyBudget budget, BodyBudget.Hold hold, long total, int status, String message) {
        long held = budget.heldBytes();
        long refused = budget.refused();
        assertThatThrownBy(() -> hold.cover(total))
                .isInstanceOfSatisfying(HttpException.class, e -> {
                    assertThat(e.status()).isEqualTo(status);
                    assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(2));
                    assertThat(e.closes()).isTrue();
                })
                .hasMessage(message);
        assertThat(budget.heldBytes()).as("held after a refusal").isEqualTo(held);
        assertThat(budget.refused()).isEqualTo(refused + 1);
    }

    @Test
    void takesWhatIsMissingAndGivesItBackOnce() {
        BodyBudget budget = budget(8 * MIB, 100);
        BodyBudget.Hold first = budget.hold("a");
        BodyBudget.Hold second = budget.hold("b");
        first.cover(1000);
        first.cover(400);
        first.cover(2000);
        second.cover(0);
        assertThat(budget.heldBytes()).isEqualTo(2000);
        second.cover(500);
        first.release();
        first.release();
        assertThat(budget.heldBytes()).isEqualTo(500);
        second.release();
        assertThat(budget.heldBytes()).isZero();
        assertThatThrownBy(() -> second.cover(1)).hasMessage("the body has been let go of");
        assertThat(budget.heldBytes()).isZero();
        assertThat(budget.refused()).isZero();
        assertThat(budget.limitBytes()).isEqualTo(8 * MIB);
    }

    @Test
    void keepsAnEighthForSmallBodies() {
        BodyBudget budget = budget(8 * MIB, 100);
        BodyBudget.Hold large = budget.hold("a");
        large.cover(7 * MIB);
        assertRefused(
                budget,
                large,
                7 * MIB + 1,
                503,
                "the bodies of requests in flight take 7340032 bytes, with this one it would be 7340033, at most 7340032"
                        + " may; try again later");
        BodyBudget.Hold next = budget.hold("b");
        for (int i = 0; i < MIB / SMALL - 1; i++) {
            budget.hold("b").cover(SMALL);
        }
        next.cover(SMALL);
        assertThat(budget.heldBytes()).isEqualTo(8 * MIB);
        assertRefused(
                budget,
                budget.hold("c"),
                1,
                503,
                "the bodies of requests in flight take 8388608 bytes, with this one it would be 8388609, at most 8388608"
                        + " may; try again later");
        // What has grown beyond a small one counts as a large one.
        large.release();
        next.cover(6 * MIB + SMALL);
        assertThat(budget.heldBytes()).isEqualTo(7 * MIB);
        assertRefused(
                budget,
                next,
                6 * MIB + SMALL + 1,
                503,
                "the bodies of requests in flight take 7340032 bytes, with this one it would be 7340033, at most 7340032"
                        + " may; try again later");
    }

    @Test
    void letsATenantsSecondBodyHaveItsShareOfWhatOthersLeave() {
        BodyBudget budget = budget(8 * MIB, 50);
        BodyBudget.Hold first = budget.hold("greedy");
        first.cover(3 * MIB);
        BodyBudget.Hold second = budget.hold("greedy");
        second.cover(MIB / 2);
        assertRefused(
                budget,
                second,
                MIB / 2 + 1,
                429,
                "the bodies of this tenant's requests in flight take 3670016 bytes, with this one it would be 3670017,"
                        + " its share is 3670016; try again later");
        // Of four and a half, which are left in all of eight, for small ones.
        budget.hold("greedy").cover(SMALL);
        BodyBudget.Hold other = budget.hold("other");
        other.cover(2 * MIB);
        assertRefused(
                budget,
                budget.hold("other"),
                MIB,
                429,
                "the bodies of this tenant's requests in flight take 2097152 bytes, with this one it would be 3145728,"
                        + " its share is 1802240; try again later");
        other.release();
        budget.hold("other").cover(3 * MIB);
    }

    @Test
    void takesTheFirstBodyOfATenantWhereverItFits() {
        BodyBudget budget = budget(8 * MIB, 1);
        BodyBudget.Hold body = budget.hold("a");
        for (int bytes = SMALL; bytes <= 7 * MIB; bytes += SMALL) {
            body.cover(bytes);
        }
        assertThat(budget.heldBytes()).isEqualTo(7 * MIB);
    }

    @Test
    void isNeverSoSmallThatTheLargestBodyDoesNotFit() {
        for (long body = 1; body < 1_000; body++) {
            long least = Limits.Body.leastInFlight(body);
            BodyBudget budget = new BodyBudget(new Limits.Body(body, 1, least, 100));
            budget.hold("a").cover(body);
            assertThat(BodyBudget.forLarge(least)).isEqualTo(body);
            long most = body;
            assertThatThrownBy(() -> new Limits.Body(most, 1, least - 1, 100))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Limits.Body.defaults().inFlightBytes())
                .isGreaterThanOrEqualTo(
                        Limits.Body.leastInFlight(Limits.Body.defaults().maxBytes()));
        assertThat(Limits.Body.usualInFlight(1L << 50)).isEqualTo(Limits.Body.leastInFlight(1L << 50));
    }

    @Test
    void holdsUnderManyThreads() throws Exception {
        BodyBudget budget = budget(8 * MIB, 50);
        AtomicLong most = new AtomicLong();
        AtomicLong refusals = new AtomicLong();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                Random random = new Random(thread);
                String tenant = "tenant" + thread % 3;
                running.add(threads.submit(() -> {
                    for (int i = 0; i < 2_000; i++) {
                        BodyBudget.Hold hold = budget.hold(tenant);
                        try {
                            for (int part = 1; part <= 4; part++) {
                                hold.cover((long) part * (1 + random.nextInt(MIB)));
                                most.accumulateAndGet(budget.heldBytes(), Math::max);
                            }
                        } catch (HttpException e) {
                            refusals.incrementAndGet();
                        } finally {
                            hold.release();
                        }
                    }
                }));
            }
            for (Future<?> one : running) {
                one.get(50, TimeUnit.SECONDS);
            }
        }
        assertThat(most.get()).isBetween(1L, 8L * MIB);
        assertThat(budget.refused()).isEqualTo(refusals.get());
        assertThat(budget.heldBytes()).isZero();
        // Of nobody is anything left, or the whole would not be free.
        budget.hold("tenant0").cover(1);
        budget.hold("tenant0").cover(3 * MIB);
    }

    @Test
    void largeBodiesTakeTurnsAndSmallOnesDoNot() throws Exception {
        BodyBudget budget = new BodyBudget(new Limits.Body(MIB, 1 << 10, 64 * MIB, 100), MIB);
        BodyBudget.Hold first = budget.hold("a");
        BodyBudget.Hold larger = budget.hold("b");
        BodyBudget.Hold small = budget.hold("c");
        first.cover(MIB / 2);
        first.awaitTurn();
        first.awaitTurn();
        // More than may ever be at work at a time: alone.
        larger.cover(4 * MIB);
        CompletableFuture<Void> turn = CompletableFuture.runAsync(() -> {
            try {
                larger.awaitTurn();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        small.cover(SMALL);
        small.awaitTurn();
        assertThatThrownBy(() -> turn.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        first.release();
        turn.get(30, TimeUnit.SECONDS);
        larger.release();
        larger.release();
        BodyBudget.Hold next = budget.hold("d");
        next.cover(MIB);
        next.awaitTurn();
        next.release();
    }
}
