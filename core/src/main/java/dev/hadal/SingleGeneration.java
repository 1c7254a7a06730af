package dev.hadal;

import dev.hadal.model.Batch;
import dev.hadal.model.LanguageModel;
import dev.hadal.model.Logits;
import dev.hadal.model.SequenceState;
import dev.hadal.sample.SampledSequence;
import dev.hadal.sample.Sampler;
import dev.hadal.sample.SamplingParams;

/** Ids in, ids out: one sequence, a token at a time, computed when asked for. */
final class SingleGeneration {
    private final DeepSeek deepSeek;
    private final int[] prompt;
    private final int limit;
    private final SampledSequence sequence;
    private final SequenceState state;
    private final Logits logits;
    private final Batch batch = new Batch();
    private final Sampler sampler = new Sampler();
    private int computed;
    private int sampled;
    private int last = -1;

    SingleGeneration(DeepSeek deepSeek, int[] prompt, SamplingParams sampling, int limit, int choice) {
        this.deepSeek = deepSeek;
        this.prompt = prompt;
        this.limit = limit;
        LanguageModel model = deepSeek.model();
        this.state = model.newState();
        this.logits = new Logits(1, model.limits().vocabulary());
        // A checkpoint may have more rows than its tokenizer has ids; those rows were never trained.
        int vocabulary =
                Math.min(deepSeek.tokenizer().vocabularySize(), model.limits().vocabulary());
        this.sequence = new SampledSequence(sampling, choice, vocabulary, prompt);
    }

    /** The prompt. */
    int[] prompt() {
        return prompt.clone();
    }

    /** Whether the limit of tokens is reached. */
    boolean exhausted() {
        return sampled == limit;
    }

    /**
     * Computes a piece of the prompt.
     *
     * @return true while there is more of it
     */
    boolean prefill() {
        int most = deepSeek.model().limits().batchRows();
        int to = Math.min(prompt.length, computed + most);
        if (computed < to) {
            boolean end = to == prompt.length;
            forward(prompt, computed, to, end ? Batch.Wanted.LAST : Batch.Wanted.NONE);
            computed = to;
        }
        return computed < prompt.length;
    }

    /** Computes and chooses the next token; the prompt must be done and the limit not reached. */
    int next() {
        if (last >= 0) {
            forward(new int[] {last}, 0, 1, Batch.Wanted.LAST);
        }
        last = sampler.pick(logits.values(), 0, sequence, state.length());
        sequence.accept(last);
        sampled++;
        return last;
    }

    private void forward(int[] tokens, int from, int to, Batch.Wanted wanted) {
        batch.clear();
        batch.add(state, tokens, from, to, wanted);
        deepSeek.forward(batch, logits);
    }
}
