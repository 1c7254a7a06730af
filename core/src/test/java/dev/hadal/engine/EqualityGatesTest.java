package dev.hadal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.cache.CacheOptions;
import dev.hadal.model.v4.DeepSeekV4;
import dev.hadal.sample.SamplingParams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The gates of reliability.md 4.4 on the engine: whatever is varied, ids and log-probabilities keep their bits. The
 * reference is a plain loop over the model, without an engine.
 */
class EqualityGatesTest {
    /** Lengths at which rings wrap, blocks end, and other programs went wrong. */
    private static final List<Integer> BOUNDARIES = List.of(
            1, 2, 3, 4, 5, 7, 8, 9, 126, 127, 128, 129, 130, 254, 255, 256, 257, 258, 382, 383, 384, 385, 386, 510, 511,
            512, 513, 514);

    private static final TinyV4 TINY = new TinyV4();
    private static final SamplingParams SAMPLING = new SamplingParams(1f, 0.95f, 0, 0f, 42);

    @AfterAll
    static void close() {
        TINY.close();
    }

    private static GenerationRequest request(int[] prompt, int tokens) {
        return GenerationRequest.of(prompt, SAMPLING, TokenLimits.of(tokens))
                .withOutput(TokenOutput.plain().withTopLogProbs(5));
    }

    private static List<GenerationRequest> requests(Random random, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> request(
                        TINY.ids(random, BOUNDARIES.get(random.nextInt(BOUNDARIES.size()))), 1 + random.nextInt(12)))
                .toList();
    }

    /** Submits requests, then compares what each gives with what it gives alone. */
    private static void assertAlone(Engine engine, List<GenerationRequest> requests) throws InterruptedException {
        List<List<Generation>> all = requests.stream().map(engine::submit).toList();
        for (int i = 0; i < requests.size(); i++) {
            for (Generation one : all.get(i)) {
                assertThat(TinyV4.Answer.of(one)).isEqualTo(TINY.alone(requests.get(i), one.choice()));
            }
        }
    }

    private static void assertNothingLeft(DeepSeekV4 model) {
        assertThat(model.stateMemory().usedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7})
    void onAnyNumberOfThreads(int threads) throws InterruptedException {
        try (DeepSeekV4 model = TINY.model(threads, 128)) {
            try (Engine engine = new Engine(model, EngineOptions.defaults())) {
                assertAlone(engine, requests(new Random(threads), 3));
            }
            assertNothingLeft(model);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void inRandomBatchesThatOthersJoinAndLeave(long seed) throws InterruptedException {
        Random random = new Random(seed);
        try (DeepSeekV4 model = TINY.model(2, 64)) {
            try (Engine engine = new Engine(model, EngineOptions.defaults().withRunningSequences(16))) {
                List<GenerationRequest> requests = requests(random, 20);
                List<Generation> all = new ArrayList<>();
                for (GenerationRequest request : requests) {
                    all.addAll(engine.submit(request));
                    Generation gone =
                            engine.submit(request(TINY.ids(random, 20), 50)).getFirst();
                    if (random.nextBoolean()) {
                        gone.take();
                    }
                    gone.cancel();
                }
                for (int i = 0; i < all.size(); i++) {
                    assertThat(TinyV4.Answer.of(all.get(i))).isEqualTo(TINY.alone(requests.get(i), 0));
                }
            }
            assertNothingLeft(model);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 127, 128, 129, 512, 600})
    void inChunksOfAnySize(int chunk) throws InterruptedException {
        try (DeepSeekV4 model = TINY.model(2, chunk)) {
            CacheOptions rare = new CacheOptions(8192, 8192, 10, 1000);
            try (Engine engine = new Engine(model, EngineOptions.defaults().withCache(rare))) {
                assertAlone(engine, List.of(request(TINY.ids(new Random(chunk), chunk < 9 ? 261 : 600), 6)));
            }
        }
    }

    @Test
    void fromPrefixesOfAnyLength() throws InterruptedException {
        Random random = new Random(4);
        int[] trunk = TINY.ids(random, 1100);
        try (DeepSeekV4 model = TINY.model(2, 256)) {
            try (Engine engine = new Engine(model, EngineOptions.defaults())) {
                TinyV4.Answer.of(engine.submit(request(trunk, 1)).getFirst());
                for (int cut : BOUNDARIES) {
                    int[] branch = Arrays.copyOf(trunk, cut + 3);
                    branch[cut] = (trunk[cut] + 1) % 512;
                    GenerationRequest request = request(branch, 2);
                    Generation generation = engine.submit(request).getFirst();
                    assertThat(TinyV4.Answer.of(generation)).isEqualTo(TINY.alone(request, 0));
                    GenerationUsage.Prefix prefix = generation.usage().prefix();
                    assertThat(prefix.reusedTokens()).as("reused at %s", cut).isGreaterThan(cut - 128);
                    assertThat(prefix.matchedTokens()).isEqualTo(cut);
                    assertThat(prefix.givenId()).isEqualTo(branch[cut]);
                }
                assertThat(engine.memory().check()).isEmpty();
            }
            assertNothingLeft(model);
        }
    }

    @Test
    void fromPrefixesOfMoreThanTwoThousandTokens() throws InterruptedException {
        Random random = new Random(2056);
        int[] trunk = TINY.ids(random, 2060);
        try (DeepSeekV4 model = TINY.model(2, 256)) {
            try (Engine engine = new Engine(model, EngineOptions.defaults())) {
                TinyV4.Answer.of(engine.submit(request(trunk, 1)).getFirst());
                for (int cut : new int[] {2047, 2048, 2052, 2056}) {
                    int[] branch = Arrays.copyOf(trunk, cut + 2);
                    branch[cut] = (trunk[cut] + 1) % 512;
                    GenerationRequest request = request(branch, 8);
                    Generation generation = engine.submit(request).getFirst();
                    assertThat(TinyV4.Answer.of(generation)).isEqualTo(TINY.alone(request, 0));
                    assertThat(generation.usage().prefix().reusedTokens()).isGreaterThan(cut - 128);
                }
            }
        }
    }

    @Test
    void throughChainsOfTurns() throws InterruptedException {
        Random random = new Random(5);
        try (DeepSeekV4 model = TINY.model(2, 256)) {
            try (Engine engine = new Engine(model, EngineOptions.defaults())) {
                int[] conversation = {};
                for (int turn = 0; turn < 10; turn++) {
                    int known = Math.max(0, conversation.length - 1);
                    conversation = joined(conversation, TINY.ids(random, 10 + random.nextInt(60)));
                    GenerationRequest request = request(conversation, 1 + random.nextInt(10));
                    Generation generation = engine.submit(request).getFirst();
                    TinyV4.Answer answer = TinyV4.Answer.of(generation);
                    assertThat(answer).isEqualTo(TINY.alone(request, 0));
                    assertThat(generation.usage().prefix().reusedTokens()).isEqualTo(known);
                    conversation = joined(
                            conversation,
                            answer.ids().stream().mapToInt(Integer::intValue).toArray());
                }
            }
        }
    }

    private static int[] joined(int[] first, int[] second) {
        return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    }

    @Test
    void preemptedAndResumed() throws InterruptedException {
        try (DeepSeekV4 model = TINY.model(2, 64)) {
            long budget = 3 * model.stateBytes(300) + model.stateBytes(128);
            try (Engine engine = new Engine(model, EngineOptions.defaults().withStateBudgetBytes(budget))) {
                Random random = new Random(8);
                List<GenerationRequest> requests = IntStream.range(0, 6)
                        .mapToObj(i -> request(TINY.ids(random, 100 + 5 * i), 140)
                                .withOrigin(Origin.local().withPriority(i % 3)))
                        .toList();
                assertAlone(engine, requests);
                assertThat(engine.counters().trouble().preemptions()).isPositive();
            }
            assertThat(model.stateMemory().peakBytes()).isLessThanOrEqualTo(budget);
            assertNothingLeft(model);
        }
    }

    @Test
    void withSeveralChoicesFromOnePrompt() throws InterruptedException {
        try (DeepSeekV4 model = TINY.model(2, 128)) {
            try (Engine engine = new Engine(model, EngineOptions.defaults())) {
                GenerationRequest request = request(TINY.ids(new Random(12), 130), 12);
                assertAlone(engine, List.of(request.withOutput(request.output().withChoices(4))));
                assertThat(engine.counters().tokens().prompt()).isEqualTo(130);
            }
            assertNothingLeft(model);
        }
    }
}
