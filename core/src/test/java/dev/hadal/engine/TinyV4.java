package dev.hadal.engine;

import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.checkpoint.DirectoryFiles;
import dev.hadal.kernel.Compute;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Kernels;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.SequenceState;
import dev.hadal.model.v4.DeepSeekV4;
import dev.hadal.model.v4.V4Binder;
import dev.hadal.model.v4.V4Config;
import dev.hadal.model.v4.V4Weights;
import dev.hadal.sample.SampledSequence;
import dev.hadal.sample.Sampler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A V4 with layers of every kind, small enough to be run often, and what it gives without an engine. */
final class TinyV4 implements AutoCloseable {
    private static final Kernels FAST = KernelSelector.vector(KernelSelector.preferredBits());

    private final Checkpoint checkpoint =
            Checkpoint.open(DirectoryFiles.open(Path.of("src/test/resources/golden/flash")));
    private final V4Config config = V4Config.parse(checkpoint.configJson(), checkpoint.configOrigin());
    private final V4Weights weights = V4Binder.bind(checkpoint, config);
    private final DeepSeekV4 alone = model(2, 600);

    /** A model on so many threads that takes batches of so many rows. */
    DeepSeekV4 model(int threads, int batchRows) {
        return model(FAST, threads, batchRows);
    }

    DeepSeekV4 model(Kernels kernels, int threads, int batchRows) {
        DeepSeekV4.Options options = new DeepSeekV4.Options(NumericsMode.QAT, batchRows, false, () -> "tiny");
        return new DeepSeekV4(config, weights, new Compute(kernels, threads), options);
    }

    int[] ids(Random random, int length) {
        return random.ints(length, 0, config.vocabSize()).toArray();
    }

    /** What one choice of a request gives alone: the ids, and the bits of all log-probabilities. */
    Answer alone(GenerationRequest request, int choice) {
        int[] prompt = request.prompt();
        Logits logits = new Logits(1, config.vocabSize());
        Sampler sampler = new Sampler();
        SampledSequence rules = new SampledSequence(request.sampling(), choice, config.vocabSize(), prompt);
        Answer answer = new Answer();
        try (SequenceState state = alone.newState()) {
            int[] next = prompt;
            while (answer.ids().size() < request.limits().maxTokens()) {
                for (int from = 0; from < next.length; from += 600) {
                    int to = Math.min(next.length, from + 600);
                    Batch.Wanted wanted = to == next.length ? Batch.Wanted.LAST : Batch.Wanted.NONE;
                    alone.forward(new Batch().add(state, next, from, to, wanted), logits);
                }
                int position = state.length();
                int id = sampler.pick(logits.values(), 0, rules, position);
                answer.add(new Taken.Token(id, sampler.logProbs(logits.values(), 0, rules, position, id, 5)));
                rules.accept(id);
                next = new int[] {id};
            }
        }
        return answer;
    }

    /**
     * Ids and how likely they were.
     *
     * @param ids the ids
     * @param bits of each id's log-probability and those of the five likeliest
     */
    record Answer(List<Integer> ids, List<String> bits) {
        Answer() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        void add(Taken.Token token) {
            ids.add(token.id());
            bits.add(String.valueOf(token.logProbs()));
        }

        static Answer of(Generation generation) throws InterruptedException {
            Answer answer = new Answer();
            while (generation.take() instanceof Taken.Token token) {
                answer.add(token);
            }
            return answer;
        }
    }

    @Override
    public void close() {
        alone.close();
        checkpoint.close();
    }
}
