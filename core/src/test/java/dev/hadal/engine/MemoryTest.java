package dev.hadal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.cache.CacheOptions;
import dev.hadal.model.v4.DeepSeekV4;
import dev.hadal.sample.SamplingParams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTest {
    /** Turn ends only. */
    private static final CacheOptions NO_WAYPOINTS = new CacheOptions(8192, 8192, 4096, 1 << 22);

    @Test
    void idleConversationsTakeExactlyWhatIsForetold() {
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withCache(NO_WAYPOINTS))) {
            for (int i = 0; i < 64; i++) {
                Generation generation = bench.submit(bench.request(4096 - 10, 11));
                bench.run();
                assertThat(ToyBench.ids(generation)).hasSize(11);
            }
            assertThat(bench.model.stateMemory().usedBytes()).isEqualTo(64 * bench.model.stateBytes(4096));
            assertThat(bench.engine.cacheStatus().snapshots()).isEqualTo(64);
        }
    }

    @Test
    void idleConversationsOfTheModelTakeExactlyWhatIsForetold() throws InterruptedException {
        try (TinyV4 tiny = new TinyV4();
                DeepSeekV4 model = tiny.model(2, 256)) {
            Random random = new Random(64);
            try (Engine engine = new Engine(model, EngineOptions.defaults().withCache(NO_WAYPOINTS))) {
                List<Generation> all = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    all.addAll(engine.submit(
                            GenerationRequest.of(tiny.ids(random, 299), SamplingParams.greedy(), TokenLimits.of(2))));
                }
                for (Generation one : all) {
                    TinyV4.Answer.of(one);
                }
                // The last one may still be on its way into the tree when its end is read.
                while (engine.status().runningSequences() > 0) {
                    Thread.onSpinWait();
                }
                assertThat(engine.status().stateBytes()).isEqualTo(6 * model.stateBytes(300));
                assertThat(engine.cacheStatus().bytes()).isEqualTo(6 * model.stateBytes(300));
            }
            assertThat(model.stateMemory().usedBytes()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theBudgetIsNeverExceeded(long seed) {
        Random random = new Random(seed);
        long budget = 40_000L + random.nextInt(40_000);
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withStateBudgetBytes(budget))) {
            for (int i = 0; i < 60; i++) {
                bench.submit(bench.request(1 + random.nextInt(800), 1 + random.nextInt(300)));
                for (int steps = random.nextInt(40); steps > 0; steps--) {
                    bench.engine.step();
                    assertThat(bench.model.stateMemory().usedBytes()).isLessThanOrEqualTo(budget);
                }
            }
            bench.run();
            assertThat(bench.model.stateMemory().peakBytes()).isBetween(budget / 2, budget);
            assertThat(bench.engine.memory().check()).isEmpty();
        }
    }

    @Test
    void aConversationIsReadOnlyOnce() {
        try (ToyBench bench = new ToyBench()) {
            int[] conversation = {};
            for (int turn = 0; turn < 10; turn++) {
                int known = conversation.length;
                GenerationRequest said = bench.request(2000, 48);
                conversation = joined(conversation, said.prompt());
                Generation generation =
                        bench.submit(GenerationRequest.of(conversation, SamplingParams.greedy(), TokenLimits.of(48)));
                bench.run();
                List<Integer> answer = ToyBench.ids(generation);
                conversation = joined(
                        conversation,
                        answer.stream().mapToInt(Integer::intValue).toArray());
                int fresh = conversation.length - known;
                assertThat(generation.usage().computedTokens()).isBetween(fresh - 1L, fresh + (long) fresh / 100);
            }
        }
    }

    private static int[] joined(int[] first, int[] second) {
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
