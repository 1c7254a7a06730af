package dev.hadal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.sample.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** An engine over the toy model whose steps a test takes itself. */
final class ToyBench implements AutoCloseable {
    final ToyModel.Clock clock = new ToyModel.Clock();
    final ToyModel model = new ToyModel(clock);
    final Engine engine;
    private final Random random = new Random(7);

    ToyBench() {
        this(EngineOptions.defaults());
    }

    ToyBench(EngineOptions options) {
        engine = new Engine(model, options, clock::now);
    }

    /** A request for exactly so many ids. */
    GenerationRequest request(int promptTokens, int tokens) {
        int[] prompt = random.ints(promptTokens, 4, ToyModel.VOCABULARY).toArray();
        return GenerationRequest.of(prompt, SamplingParams.greedy(), TokenLimits.of(tokens));
    }

    Generation submit(GenerationRequest request) {
        return engine.submit(request).getFirst();
    }

    /** Steps until there is nothing left to do. */
    void run() {
        runWhile(() -> true);
    }

    void runWhile(BooleanSupplier condition) {
        for (int steps = 0; condition.getAsBoolean() && engine.step(); steps++) {
            assertThat(steps).as("steps").isLessThan(100_000);
        }
    }

    /** Steps until a generation has its first id. */
    void runUntilWriting(Generation generation) {
        runWhile(() -> generation.usage().sampledTokens() == 0);
    }

    static List<Integer> ids(Generation generation) {
        List<Integer> ids = new ArrayList<>();
        while (generation.poll() instanceof Taken.Token token) {
            ids.add(token.id());
        }
        return ids;
    }

    static Taken.End end(Generation generation) {
        ids(generation);
        return (Taken.End) Objects.requireNonNull(generation.poll());
    }

    static void assertAlone(Generation generation, GenerationRequest request) {
        assertThat(ids(generation)).isEqualTo(Alone.greedy(request.prompt(), request.limits()));
    }

    @Override
    public void close() {
        engine.close();
        assertThat(model.stateMemory().usedBytes()).as("memory left").isZero();
    }
}
