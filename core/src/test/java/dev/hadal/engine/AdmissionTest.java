package dev.hadal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.engine.AdmissionException.Reason;
import dev.hadal.engine.EngineOptions.QueueLimits;
import dev.hadal.sample.SamplingParams;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each bound just below, at and just beyond its edge. */
class AdmissionTest {
    private static final QueueLimits WIDE =
            new QueueLimits(100, 1_000_000, 1_000_000_000, Duration.ofHours(1), QueueLimits.UNSHARED);

    private static void assertRefused(
            ToyBench bench, GenerationRequest request, Reason reason, String message, @Nullable Duration retry) {
        assertRefused(bench, () -> bench.engine.submit(request), reason, message, retry);
    }

    /** Once, and counted once. */
    private static void assertRefused(
            ToyBench bench, ThrowingCallable asking, Reason reason, String message, @Nullable Duration retry) {
        long before = bench.engine.counters().refused();
        assertThatThrownBy(asking)
                .isInstanceOfSatisfying(AdmissionException.class, e -> {
                    assertThat(e.reason()).isEqualTo(reason);
                    assertThat(e.retryAfter()).isEqualTo(retry);
                })
                .hasMessage(message);
        assertThat(bench.engine.counters().refused()).isEqualTo(before + 1);
    }

    private static Origin tenant(String name) {
        return Origin.local().withTenant(name);
    }

    @Test
    void aPromptLeavesRoomInTheContext() {
        try (ToyBench bench = new ToyBench()) {
            bench.submit(bench.request(ToyModel.CONTEXT - 1, 5)).cancel();
            assertRefused(
                    bench,
                    bench.request(ToyModel.CONTEXT, 1),
                    Reason.TOO_LONG,
                    "the prompt of 1048576 tokens leaves no room in the context of 1048576",
                    null);
        }
    }

    @Test
    void anIdIsInTheVocabulary() {
        try (ToyBench bench = new ToyBench()) {
            bench.submit(GenerationRequest.of(new int[] {0, 31}, SamplingParams.greedy(), TokenLimits.of(1)));
            assertRefused(
                    bench,
                    GenerationRequest.of(new int[] {1, 32}, SamplingParams.greedy(), TokenLimits.of(1)),
                    Reason.INVALID_ID,
                    "token 32 of the prompt is not in the vocabulary of 32 ids",
                    null);
        }
    }

    @Test
    void anAnswerFitsTheBudget() {
        // Ring and page may have to be copied, beside three pages for 257 to 384 tokens.
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withStateBudgetBytes(3_000 + 7_000))) {
            GenerationRequest fits = bench.request(300, 84);
            Generation generation = bench.submit(fits);
            bench.run();
            ToyBench.assertAlone(generation, fits);
            assertRefused(
                    bench,
                    bench.request(300, 85),
                    Reason.TOO_LARGE,
                    "an answer of 385 tokens with its prompt takes 12000 bytes of memory, the budget is 10000; "
                            + "ask for fewer tokens or raise the budget",
                    null);
        }
    }

    @Test
    void soManyRequestsWait() {
        QueueLimits limits = new QueueLimits(2, WIDE.tokens(), WIDE.bytes(), WIDE.longestWait(), 100);
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withQueue(limits))) {
            bench.submit(bench.request(10, 10));
            bench.submit(bench.request(10, 10));
            assertRefused(
                    bench,
                    bench.request(10, 10),
                    Reason.QUEUE_REQUESTS,
                    "2 requests are waiting, no more may",
                    Duration.ofSeconds(1));
            bench.run();
            bench.submit(bench.request(10, 10));
        }
    }

    @Test
    void soManyTokensWait() {
        QueueLimits limits = new QueueLimits(WIDE.requests(), 1000, WIDE.bytes(), WIDE.longestWait(), 100);
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withQueue(limits))) {
            bench.submit(bench.request(900, 10));
            bench.submit(bench.request(99, 10));
            bench.submit(bench.request(1, 10));
            assertRefused(
                    bench,
                    bench.request(1, 10),
                    Reason.QUEUE_TOKENS,
                    "with another token 1001 would be waiting, at most 1000 may",
                    Duration.ofSeconds(1));
        }
    }

    @Test
    void soManyBytesWait() {
        QueueLimits limits = new QueueLimits(WIDE.requests(), WIDE.tokens(), 4000, WIDE.longestWait(), 100);
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withQueue(limits))) {
            bench.submit(bench.request(999, 10));
            bench.submit(bench.request(1, 10));
            assertRefused(
                    bench,
                    bench.request(1, 10),
                    Reason.QUEUE_BYTES,
                    "waiting prompts would take 4004 bytes, at most 4000 may",
                    Duration.ofSeconds(1));
        }
    }

    @Test
    void soLongARequestWaits() {
        QueueLimits limits = new QueueLimits(WIDE.requests(), WIDE.tokens(), WIDE.bytes(), Duration.ofSeconds(20), 100);
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withQueue(limits))) {
            bench.clock.costs(0, 1_000_000);
            bench.submit(bench.request(64, 1));
            bench.run();
            bench.submit(bench.request(20_001, 1));
            assertRefused(
                    bench,
                    bench.request(50_000, 1),
                    Reason.QUEUE_SECONDS,
                    "it would have to wait for 21 s, at most 20 s are allowed",
                    Duration.ofMillis(20_001));
            // Another tenant waits for no more than its own length.
            bench.submit(bench.request(100, 1).withOrigin(Origin.local().withTenant("other")));
        }
    }

    @Test
    void whatAModelHoldsBackIsWaitedForToo() {
        QueueLimits limits =
                new QueueLimits(WIDE.requests(), WIDE.tokens(), WIDE.bytes(), Duration.ofMillis(8_900), 100);
        try (ToyBench bench =
                new ToyBench(EngineOptions.defaults().withRunningSequences(1).withQueue(limits))) {
            bench.clock.costs(0, 0);
            // Until the average of 3 s has settled.
            for (int i = 0; i < 60; i++) {
                bench.submit(bench.request(10, 1));
                bench.model.wait(known -> 1_000_000);
                bench.engine.step();
                bench.clock.pass(Duration.ofSeconds(3).toNanos());
                bench.model.wait(known -> 0);
                bench.run();
            }
            bench.model.wait(known -> 1_000_000);
            bench.submit(bench.request(10, 1));
            bench.engine.step();
            assertThat(bench.engine.status().expectedWait())
                    .isBetween(Duration.ofMillis(2_900), Duration.ofMillis(3_000));
            bench.submit(bench.request(10, 1));
            bench.submit(bench.request(10, 1));
            assertThatThrownBy(() -> bench.engine.submit(bench.request(10, 1)))
                    .isInstanceOfSatisfying(
                            AdmissionException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.QUEUE_SECONDS));
        }
    }

    @Test
    void whatWouldMissItsDeadlineIsRefused() {
        try (ToyBench bench = new ToyBench()) {
            bench.clock.costs(0, 1_000_000);
            bench.submit(bench.request(64, 1));
            bench.run();
            bench.submit(bench.request(3_000, 1));
            Origin hurried = Origin.local().withDeadline(Duration.ofSeconds(4));
            bench.submit(bench.request(1_000, 1).withOrigin(hurried));
            assertRefused(
                    bench,
                    bench.request(1, 1).withOrigin(hurried),
                    Reason.DEADLINE,
                    "its first token is expected after 5 s, its deadline is after 4 s",
                    Duration.ofSeconds(4));
        }
    }

    @Test
    void aFullQueueRefusesWhatHasNoPromptYet() {
        QueueLimits limits = new QueueLimits(2, 1000, WIDE.bytes(), WIDE.longestWait(), 100);
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withQueue(limits))) {
            bench.clock.costs(0, 0);
            ThrowingCallable asking = () -> bench.engine.requireRoom(Origin.local());
            bench.submit(bench.request(999, 10));
            bench.engine.requireRoom(Origin.local());
            assertThat(bench.engine.counters().refused()).isZero();
            bench.submit(bench.request(1, 10));
            assertRefused(
                    bench, asking, Reason.QUEUE_REQUESTS, "2 requests are waiting, no more may", Duration.ofSeconds(1));
            bench.run();
            bench.submit(bench.request(1000, 10));
            assertRefused(
                    bench,
                    asking,
                    Reason.QUEUE_TOKENS,
                    "with another token 1001 would be waiting, at most 1000 may",
                    Duration.ofSeconds(1));
            bench.run();
            bench.engine.requireRoom(Origin.local());
        }
    }

    @Test
    void whatHasNoPromptYetIsToldToComeBackAsAPromptLikeThoseThatWait() {
        QueueLimits limits = new QueueLimits(2, WIDE.tokens(), WIDE.bytes(), WIDE.longestWait(), 100);
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withQueue(limits))) {
            bench.clock.costs(0, 1_000_000);
            bench.submit(bench.request(64, 1));
            bench.run();
            bench.submit(bench.request(20_000, 1).withOrigin(tenant("one")));
            bench.submit(bench.request(20_000, 1).withOrigin(tenant("two")));
            assertRefused(
                    bench,
                    () -> bench.engine.requireRoom(tenant("three")),
                    Reason.QUEUE_REQUESTS,
                    "2 requests are waiting, no more may",
                    Duration.ofSeconds(40));
        }
    }

    @Test
    void whatHasNoPromptYetIsRefusedForTimeOnlyIfEveryPromptWouldBe() {
        QueueLimits limits = new QueueLimits(WIDE.requests(), WIDE.tokens(), WIDE.bytes(), Duration.ofSeconds(20), 100);
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withQueue(limits))) {
            bench.clock.costs(0, 1_000_000);
            bench.submit(bench.request(64, 1));
            bench.run();
            bench.submit(bench.request(20_001, 1));
            assertRefused(
                    bench,
                    () -> bench.engine.requireRoom(Origin.local()),
                    Reason.QUEUE_SECONDS,
                    "it would have to wait for 21 s, at most 20 s are allowed",
                    Duration.ofMillis(20_001));
            Origin other = tenant("other").withDeadline(Duration.ofMillis(3));
            bench.engine.requireRoom(other);
            assertRefused(
                    bench,
                    bench.request(2, 1).withOrigin(other),
                    Reason.DEADLINE,
                    "its first token is expected after 1 s, its deadline is after 1 s",
                    Duration.ofSeconds(1));
        }
    }

    @Test
    void aTenantTakesItsShareOfThePlacesThatOthersLeave() {
        QueueLimits limits = new QueueLimits(10, WIDE.tokens(), WIDE.bytes(), WIDE.longestWait(), 50);
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withQueue(limits))) {
            submit(bench, "greedy", 5);
            String refusal = " requests of this tenant are waiting, which is its share; others may still ask";
            assertRefused(
                    bench,
                    bench.request(10, 10).withOrigin(tenant("greedy")),
                    Reason.QUEUE_SHARE,
                    "5" + refusal,
                    Duration.ofSeconds(1));
            assertRefused(
                    bench,
                    () -> bench.engine.requireRoom(tenant("greedy")),
                    Reason.QUEUE_SHARE,
                    "5" + refusal,
                    Duration.ofSeconds(1));
            // Half of five; and one whatever is left, as long as there is a place.
            submit(bench, "second", 2);
            assertRefused(
                    bench,
                    bench.request(10, 10).withOrigin(tenant("second")),
                    Reason.QUEUE_SHARE,
                    "2" + refusal,
                    Duration.ofSeconds(1));
            submit(bench, "third", 1);
            submit(bench, "fourth", 1);
            submit(bench, "fifth", 1);
            assertRefused(
                    bench,
                    bench.request(10, 10).withOrigin(tenant("sixth")),
                    Reason.QUEUE_REQUESTS,
                    "10 requests are waiting, no more may",
                    Duration.ofSeconds(1));
            bench.run();
            submit(bench, "greedy", 5);
        }
    }

    private static void submit(ToyBench bench, String name, int count) {
        for (int i = 0; i < count; i++) {
            bench.submit(bench.request(10, 10).withOrigin(tenant(name)));
        }
    }

    @Test
    void aTenantTakesItsShareOfTheTokensThatOthersLeaveUnlessItIsItsFirstRequest() {
        QueueLimits limits = new QueueLimits(WIDE.requests(), 1000, WIDE.bytes(), WIDE.longestWait(), 50);
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withQueue(limits))) {
            bench.submit(bench.request(400, 10).withOrigin(tenant("greedy")));
            bench.submit(bench.request(100, 10).withOrigin(tenant("greedy")));
            assertRefused(
                    bench,
                    bench.request(2, 10).withOrigin(tenant("greedy")),
                    Reason.QUEUE_SHARE,
                    "with these 2 tokens 502 of this tenant would be waiting, its share is 500; others may still ask",
                    Duration.ofSeconds(1));
            bench.submit(bench.request(450, 10).withOrigin(tenant("other")));
            assertRefused(
                    bench,
                    bench.request(1, 10).withOrigin(tenant("other")),
                    Reason.QUEUE_SHARE,
                    "with another token 451 of this tenant would be waiting, its share is 250; others may still ask",
                    Duration.ofSeconds(1));
        }
    }

    @Test
    void aShareIsAPercentage() {
        for (int percent : new int[] {0, 101}) {
            assertThatThrownBy(() -> new QueueLimits(1, 1, 1, Duration.ofSeconds(1), percent))
                    .hasMessage("a tenant's share of the queue must be from 1 to 100 percent, but is " + percent);
        }
    }

    @Test
    void nothingIsTakenAfterTheEnd() {
        ToyBench bench = new ToyBench();
        Generation running = bench.submit(bench.request(10, 10));
        bench.close();
        assertThat(ToyBench.end(running).reason()).isEqualTo(EndReason.SHUT_DOWN);
        assertRefused(bench, bench.request(1, 1), Reason.SHUT_DOWN, "the engine accepts no more requests", null);
        assertRefused(
                bench,
                () -> bench.engine.requireRoom(Origin.local()),
                Reason.SHUT_DOWN,
                "the engine accepts no more requests",
                null);
        assertThat(bench.engine.status().accepting()).isFalse();
    }
}
