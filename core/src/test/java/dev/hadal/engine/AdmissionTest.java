package dev.hadal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.engine.AdmissionException.Reason;
import dev.hadal.engine.EngineOptions.QueueLimits;
import dev.hadal.sample.SamplingParams;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each bound just below, at and just beyond its edge. */
class AdmissionTest {
    private static final QueueLimits WIDE = new QueueLimits(100, 1_000_000, 1_000_000_000, Duration.ofHours(1));

    private static void assertRefused(
            ToyBench bench, GenerationRequest request, Reason reason, String message, @Nullable Duration retry) {
        assertThatThrownBy(() -> bench.engine.submit(request))
                .isInstanceOfSatisfying(AdmissionException.class, e -> {
                    assertThat(e.reason()).isEqualTo(reason);
                    assertThat(e.retryAfter()).isEqualTo(retry);
                })
                .hasMessage(message);
        assertThat(bench.engine.counters().refused()).isEqualTo(1);
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
        QueueLimits limits = new QueueLimits(2, WIDE.tokens(), WIDE.bytes(), WIDE.longestWait());
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
        QueueLimits limits = new QueueLimits(WIDE.requests(), 1000, WIDE.bytes(), WIDE.longestWait());
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withQueue(limits))) {
            bench.submit(bench.request(900, 10));
            bench.submit(bench.request(99, 10));
            bench.submit(bench.request(1, 10));
            assertRefused(
                    bench,
                    bench.request(1, 10),
                    Reason.QUEUE_TOKENS,
                    "with these 1 tokens 1001 would be waiting, at most 1000 may",
                    Duration.ofSeconds(1));
        }
    }

    @Test
    void soManyBytesWait() {
        QueueLimits limits = new QueueLimits(WIDE.requests(), WIDE.tokens(), 4000, WIDE.longestWait());
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
        QueueLimits limits = new QueueLimits(WIDE.requests(), WIDE.tokens(), WIDE.bytes(), Duration.ofSeconds(20));
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
    void nothingIsTakenAfterTheEnd() {
        ToyBench bench = new ToyBench();
        Generation running = bench.submit(bench.request(10, 10));
        bench.close();
        assertThat(ToyBench.end(running).reason()).isEqualTo(EndReason.SHUT_DOWN);
        assertRefused(bench, bench.request(1, 1), Reason.SHUT_DOWN, "the engine accepts no more requests", null);
        assertThat(bench.engine.status().accepting()).isFalse();
    }
}
