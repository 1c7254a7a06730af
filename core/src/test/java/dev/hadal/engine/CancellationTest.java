package dev.hadal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CancellationTest {
    @Test
    void whatIsQueuedEndsWithoutAStep() {
        try (ToyBench bench = new ToyBench()) {
            Generation generation = bench.submit(bench.request(10, 10));
            generation.cancel();
            assertThat(ToyBench.end(generation).reason()).isEqualTo(EndReason.CANCELLED);
            bench.run();
            assertThat(bench.engine.counters().tokens().steps()).isZero();
            assertThat(bench.engine.status().waitingRequests()).isZero();
        }
    }

    @Test
    @Timeout(30)
    void whatIsQueuedEndsWithinFiftyMillisecondsWhileAStepIsRunning() throws InterruptedException {
        CountDownLatch inStep = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ToyModel model = new ToyModel(new ToyModel.Clock());
        model.hook(batch -> {
            inStep.countDown();
            await(release);
        });
        try (Engine engine = new Engine(model, EngineOptions.defaults())) {
            ToyBench requests = new ToyBench();
            engine.submit(requests.request(10, 10));
            await(inStep);
            Generation queued = engine.submit(requests.request(10, 10)).getFirst();
            long start = System.nanoTime();
            queued.cancel();
            assertThat(queued.take()).isInstanceOf(Taken.End.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(50));
            release.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aPromptStopsAtTheNextChunkAndWhatWasReadStaysKnown() {
        try (ToyBench bench = new ToyBench()) {
            GenerationRequest request = bench.request(1000, 10);
            Generation generation = bench.submit(request);
            bench.engine.step();
            bench.engine.step();
            generation.cancel();
            bench.run();
            assertThat(generation.usage().computedTokens()).isEqualTo(128);
            Generation again = bench.submit(request);
            bench.run();
            assertThat(again.usage().prefix().reusedTokens()).isEqualTo(128);
            ToyBench.assertAlone(again, request);
        }
    }

    @Test
    void anAnswerStopsAtTheNextToken() {
        try (ToyBench bench = new ToyBench()) {
            Generation generation = bench.submit(bench.request(10, 1000));
            bench.runUntilWriting(generation);
            bench.engine.step();
            long computed = generation.usage().computedTokens();
            generation.cancel();
            bench.run();
            assertThat(generation.usage().computedTokens()).isEqualTo(computed);
            assertThat(ToyBench.ids(generation)).isEmpty();
            assertThat(ToyBench.end(generation).reason()).isEqualTo(EndReason.CANCELLED);
        }
    }

    @Test
    void aStormOfCancellationsLeavesNothing() {
        try (ToyBench bench = new ToyBench()) {
            List<Generation> all = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                all.add(bench.submit(bench.request(100, 100)));
                if (i % 10 == 0) {
                    bench.engine.step();
                }
            }
            all.forEach(Generation::cancel);
            assertThat(bench.engine.step()).isFalse();
            EngineStatus status = bench.engine.status();
            assertThat(status.waitingRequests()).isZero();
            assertThat(status.runningSequences()).isZero();
            assertThat(status.expectedWait()).isZero();
            assertThat(status.stateBytes()).isEqualTo(bench.engine.cacheStatus().bytes());
            assertThat(bench.engine.counters().cancelled()).isEqualTo(1000);
        }
    }

    @Test
    void aDeadlineEndsWhatWaitsAndWhatRuns() {
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withRunningSequences(1))) {
            Origin origin = Origin.local();
            Generation running =
                    bench.submit(bench.request(50, 10_000).withOrigin(origin.withDeadline(Duration.ofMillis(300))));
            Generation waiting =
                    bench.submit(bench.request(20, 1).withOrigin(origin.withDeadline(Duration.ofMillis(200))));
            bench.runWhile(() -> bench.clock.now() < 200_000_000);
            bench.engine.step();
            assertThat(ToyBench.end(waiting).reason()).isEqualTo(EndReason.DEADLINE);
            assertThat(waiting.usage().computedTokens()).isZero();
            assertThat(running.ended()).isFalse();
            bench.run();
            assertThat(ToyBench.end(running).reason()).isEqualTo(EndReason.DEADLINE);
            assertThat(bench.clock.now()).isBetween(300_000_000L, 302_000_000L);
        }
    }

    @Test
    void aReaderWhoIsBehindPausesOnlyHimself() {
        EngineOptions options =
                EngineOptions.defaults().withReaders(new EngineOptions.ReaderLimits(5, Duration.ofSeconds(10)));
        try (ToyBench bench = new ToyBench(options)) {
            GenerationRequest request = bench.request(10, 30);
            Generation slow = bench.submit(request);
            Generation quick = bench.submit(bench.request(10, 30));
            while (!quick.ended()) {
                bench.engine.step();
                quick.poll();
            }
            assertThat(slow.usage().sampledTokens()).isEqualTo(5);
            List<Integer> read = new ArrayList<>();
            while (!slow.ended()) {
                bench.engine.step();
                read.addAll(ToyBench.ids(slow));
            }
            read.addAll(ToyBench.ids(slow));
            assertThat(read).isEqualTo(Alone.greedy(request.prompt(), request.limits()));
        }
    }

    @Test
    void aReaderWhoNeverComesIsGivenUp() {
        EngineOptions options =
                EngineOptions.defaults().withReaders(new EngineOptions.ReaderLimits(5, Duration.ofSeconds(10)));
        try (ToyBench bench = new ToyBench(options)) {
            Generation stuck = bench.submit(bench.request(10, 30));
            bench.runWhile(() -> stuck.usage().sampledTokens() < 5);
            bench.clock.pass(Duration.ofSeconds(9).toNanos());
            bench.engine.step();
            assertThat(stuck.ended()).isFalse();
            bench.clock.pass(Duration.ofSeconds(1).toNanos());
            bench.engine.step();
            assertThat(stuck.ended()).isTrue();
            assertThat(bench.engine.status().runningSequences()).isZero();
        }
    }
}
