package dev.hadal.model.v4;

import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.SequenceState;

/** A sequence that is computed piece by piece in batches with others, and its logits so far. */
final class Member {
    private final SequenceState state;
    private final int[] tokens;
    private final float[] logits;
    private int done;

    Member(SequenceState state, int[] tokens, Golden golden) {
        this.state = state;
        this.tokens = tokens;
        this.logits = new float[tokens.length * golden.config.vocabSize()];
    }

    /** Adds the next tokens to a batch, at most {@code most}, and returns how many. */
    int add(Batch batch, int most) {
        int count = Math.min(most, tokens.length - done);
        batch.add(state, tokens, done, done + count, Batch.Wanted.ALL);
        return count;
    }

    /** Takes its rows of the batch's logits. */
    void take(Logits results, int firstRow, int rows) {
        int vocabulary = results.vocabulary();
        System.arraycopy(results.values(), results.at(firstRow), logits, done * vocabulary, rows * vocabulary);
        done += rows;
    }

    boolean isDone() {
        return done == tokens.length;
    }

    int[] tokens() {
        return tokens;
    }

    float[] logits() {
        return logits;
    }
}
