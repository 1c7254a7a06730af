package dev.hadal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Time in these tests is the toy model's: a step takes 10 ms and each row as given. */
class SchedulerTest {
    private static final Origin POLITE = Origin.local().withTenant("polite");
    private static final Origin GREEDY = Origin.local().withTenant("greedy");

    private static ToyBench bench(long rowMillis) {
        ToyBench bench = new ToyBench();
        bench.clock.costs(10_000_000, rowMillis * 1_000_000);
        return bench;
    }

    @Test
    void aLongPromptHoldsNobodyUpAndKeepsMostOfItsSpeed() {
        long alone;
        try (ToyBench bench = bench(10)) {
            Generation prompt = bench.submit(bench.request(32_768, 1));
            bench.run();
            alone = prompt.usage().timings().firstToken().toMillis();
        }
        try (ToyBench bench = bench(10)) {
            Generation running = bench.submit(bench.request(20, 1_000_000).withLimits(TokenLimits.of(1_000_000)));
            bench.runUntilWriting(running);
            Generation prompt = bench.submit(bench.request(32_768, 1));
            List<Long> gaps = new ArrayList<>();
            while (!prompt.ended()) {
                int sampled = running.usage().sampledTokens();
                long before = bench.clock.now();
                bench.engine.step();
                running.poll();
                assertThat(running.usage().sampledTokens()).isEqualTo(sampled + 1);
                gaps.add((bench.clock.now() - before) / 1_000_000);
            }
            gaps.sort(null);
            assertThat(gaps.get(gaps.size() * 99 / 100))
                    .as("p99 of the gaps in ms")
                    .isLessThanOrEqualTo(220);
            Duration read = prompt.usage().timings().firstToken();
            assertThat((double) alone / read.toMillis())
                    .as("share of its speed")
                    .isGreaterThan(0.7);
        }
    }

    @ParameterizedTest
    @CsvSource({"20, 40", "300, 20", "1, 100"})
    void aPoliteTenantWaitsAtMostTwiceAsLongBecauseOfAGreedyOne(int promptTokens, int tokens) {
        List<Long> alone = politeMillis(promptTokens, tokens, 0);
        List<Long> beside = politeMillis(promptTokens, tokens, 100);
        assertThat(beside.get(18)).as("p95").isLessThanOrEqualTo(2 * alone.get(18));
    }

    /** Sorted times of twenty requests, one after the other, beside so many of another tenant. */
    private static List<Long> politeMillis(int promptTokens, int tokens, int others) {
        try (ToyBench bench = bench(10)) {
            for (int i = 0; i < others; i++) {
                bench.submit(bench.request(100 + 37 * i, 200).withOrigin(GREEDY));
            }
            bench.runWhile(() -> bench.engine.counters().tokens().steps() < 100);
            List<Long> millis = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Generation polite =
                        bench.submit(bench.request(promptTokens, tokens).withOrigin(POLITE));
                bench.runWhile(() -> !polite.ended());
                millis.add(polite.usage().timings().ended().toMillis());
            }
            millis.sort(null);
            return millis;
        }
    }

    @Test
    void twoTenantsGetEqualPartsHoweverManyRequestsTheyHave() {
        try (ToyBench bench = bench(10)) {
            List<Generation> greedy = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                greedy.add(bench.submit(bench.request(1, 900).withOrigin(GREEDY)));
            }
            Generation polite = bench.submit(bench.request(1, 900).withOrigin(POLITE));
            bench.runWhile(() -> !polite.ended());
            long rows = greedy.stream()
                    .mapToLong(one -> one.usage().computedTokens())
                    .sum();
            // In tokens: one that asks for a whole step pays for it, so the other gets what a step costs beyond its
            // rows.
            assertThat(rows).isBetween(800L, 2_000L);
            // What is begun is brought to its end before more is begun.
            assertThat(greedy.getFirst().ended()).isTrue();
        }
    }

    @Test
    void nobodyIsCutWhileNobodyElseHasWork() {
        try (ToyBench bench = bench(1)) {
            for (int i = 0; i < 30; i++) {
                bench.submit(bench.request(1, 50));
            }
            bench.runWhile(() -> bench.engine.counters().tokens().decode() < 30);
            long before = bench.engine.counters().tokens().decode();
            bench.engine.step();
            assertThat(bench.engine.counters().tokens().decode()).isEqualTo(before + 30);
            bench.run();
        }
    }

    @Test
    void higherPriorityGoesFirst() {
        try (ToyBench bench = bench(1)) {
            Generation low = bench.submit(
                    bench.request(640, 10).withOrigin(Origin.local().withPriority(-1)));
            Generation usual = bench.submit(bench.request(640, 10));
            Generation high = bench.submit(
                    bench.request(640, 10).withOrigin(Origin.local().withPriority(1)));
            bench.run();
            assertThat(high.usage().timings().firstToken())
                    .isLessThan(usual.usage().timings().firstToken());
            assertThat(usual.usage().timings().firstToken())
                    .isLessThan(low.usage().timings().firstToken());
        }
    }

    @Test
    void severalChoicesShareTheComputationOfTheirPrompt() {
        try (ToyBench bench = new ToyBench()) {
            GenerationRequest request = bench.request(500, 10);
            List<Generation> all =
                    bench.engine.submit(request.withOutput(TokenOutput.plain().withChoices(4)));
            bench.run();
            assertThat(bench.engine.counters().tokens().prompt()).isEqualTo(500);
            assertThat(bench.engine.counters().tokens().decode()).isEqualTo(4 * 9);
            assertThat(all).extracting(Generation::choice).containsExactly(0, 1, 2, 3);
            assertThat(all.get(0).usage().computedTokens()).isEqualTo(509);
            assertThat(all.get(3).usage().computedTokens()).isEqualTo(9);
            assertThat(all.get(3).usage().prefix().reusedTokens()).isEqualTo(500);
            all.forEach(one -> ToyBench.assertAlone(one, request));
        }
    }

    @Test
    void anotherChoiceGoesOnWhereACancelledOneStoppedReading() {
        try (ToyBench bench = new ToyBench()) {
            GenerationRequest request = bench.request(500, 10);
            List<Generation> all =
                    bench.engine.submit(request.withOutput(TokenOutput.plain().withChoices(3)));
            bench.engine.step();
            all.get(0).cancel();
            all.get(1).cancel();
            bench.run();
            ToyBench.assertAlone(all.get(2), request);
            assertThat(bench.engine.counters().tokens().prompt()).isEqualTo(500);
        }
    }

    @Test
    void whoLosesItsMemoryGoesOnExactly() {
        long budget = 2_000 + 3 * 20_000;
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withStateBudgetBytes(budget))) {
            List<GenerationRequest> requests = new ArrayList<>();
            List<Generation> generations = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                requests.add(bench.request(500, 600));
                generations.add(bench.submit(requests.getLast()));
            }
            bench.run();
            assertThat(bench.model.stateMemory().peakBytes()).isLessThanOrEqualTo(budget);
            assertThat(bench.engine.counters().trouble().preemptions()).isPositive();
            assertThat(generations).anyMatch(one -> one.usage().preemptions() > 0);
            for (int i = 0; i < 8; i++) {
                ToyBench.assertAlone(generations.get(i), requests.get(i));
            }
        }
    }

    @Test
    void theLastMemoryIsTakenFromTheLessImportant() {
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withStateBudgetBytes(25_000))) {
            GenerationRequest low =
                    bench.request(500, 500).withOrigin(Origin.local().withPriority(-1));
            Generation holder = bench.submit(low);
            bench.runUntilWriting(holder);
            GenerationRequest high =
                    bench.request(800, 100).withOrigin(Origin.local().withPriority(1));
            Generation urgent = bench.submit(high);
            bench.runWhile(() -> !urgent.ended());
            assertThat(holder.ended()).isFalse();
            assertThat(holder.usage().preemptions()).isEqualTo(1);
            bench.run();
            ToyBench.assertAlone(holder, low);
            ToyBench.assertAlone(urgent, high);
        }
    }

    @Test
    void whoIsHeldBackByTheModelHoldsNobodyUp() {
        try (ToyBench bench = new ToyBench()) {
            bench.model.wait(known -> known >= 500 ? 1_000_000 : 0);
            GenerationRequest slow = bench.request(500, 20);
            GenerationRequest quick = bench.request(100, 50);
            Generation held = bench.submit(slow);
            Generation free = bench.submit(quick);
            bench.runWhile(() -> !free.ended());
            assertThat(held.usage().sampledTokens()).isZero();
            bench.model.wait(known -> known == 510 ? 1_000_000 : 0);
            bench.runWhile(() -> held.usage().sampledTokens() < 10);
            bench.engine.step();
            assertThat(held.usage().sampledTokens()).isEqualTo(10);
            bench.model.wait(known -> 0);
            bench.run();
            ToyBench.assertAlone(held, slow);
            ToyBench.assertAlone(free, quick);
        }
    }

    @Test
    void whoIsHeldBackByTheModelKeepsItsPlace() {
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withRunningSequences(1))) {
            bench.model.wait(known -> known >= 500 ? 1_000_000 : 0);
            GenerationRequest slow = bench.request(500, 20).withOrigin(GREEDY);
            Generation held = bench.submit(slow);
            bench.engine.step();
            GenerationRequest quick = bench.request(100, 50).withOrigin(POLITE);
            Generation waiting = bench.submit(quick);
            for (int i = 0; i < 10; i++) {
                bench.engine.step();
            }
            assertThat(waiting.begun()).isFalse();
            bench.model.wait(known -> 0);
            bench.run();
            assertThat(bench.engine.counters().trouble().preemptions()).isZero();
            ToyBench.assertAlone(held, slow);
            ToyBench.assertAlone(waiting, quick);
        }
    }
}
