package dev.hadal.sample;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the tokens of one sequence are chosen, and what has been chosen: parameters, history for the penalties,
 * constraint. One object for each answer. It changes only in {@link #accept} and {@link #forbid}, so a sequence that is
 * computed again from its start, or from any snapshot, chooses as before. One thread at a time.
 */
public final class SampledSequence {
    private static final int[] NO_IDS = {};

    private final SamplingParams params;
    private final int choice;
    private final int vocabulary;
    private final int[] biased;
    private final float[] bias;
    private final @Nullable TokenCounts counts;
    private final @Nullable TokenConstraint constraint;
    private int[] forbidden = NO_IDS;

    /**
     * A sequence before its first chosen token.
     *
     * @param params     how to choose
     * @param choice     which of several answers to one prompt this is; each draws its own numbers
     * @param vocabulary number of token ids
     * @param prompt     ids that the repetition penalty knows from the start; not kept
     * @throws IllegalArgumentException if the bias names an id outside the vocabulary, or the prompt has one
     */
    public SampledSequence(SamplingParams params, int choice, int vocabulary, int[] prompt) {
        this(params, choice, vocabulary, prompt, null);
    }

    /** The same under a constraint. */
    public static SampledSequence constrained(
            SamplingParams params, int choice, int vocabulary, int[] prompt, TokenConstraint constraint) {
        return new SampledSequence(params, choice, vocabulary, prompt, constraint);
    }

    private SampledSequence(
            SamplingParams params, int choice, int vocabulary, int[] prompt, @Nullable TokenConstraint constraint) {
        this.params = params;
        this.choice = choice;
        this.vocabulary = vocabulary;
        this.constraint = constraint;
        Map<Integer, Float> values = params.adjustments().bias().values();
        this.biased =
                values.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        this.bias = new float[biased.length];
        for (int i = 0; i < biased.length; i++) {
            checkId(biased[i], "logit bias");
            bias[i] = values.getOrDefault(biased[i], 0f);
        }
        Penalties penalties = params.adjustments().penalties();
        this.counts = penalties.isNone() ? null : new TokenCounts();
        if (counts != null && penalties.repetition() != 1) {
            for (int id : prompt) {
                checkId(id, "the prompt");
                counts.add(id, 0);
            }
        }
    }

    private void checkId(int id, String where) {
        if (id < 0 || id >= vocabulary) {
            throw new IllegalArgumentException(
                    where + " has token " + id + ", but the vocabulary ends at " + (vocabulary - 1));
        }
    }

    /** How to choose. */
    public SamplingParams params() {
        return params;
    }

    /** Which of several answers to one prompt this is. */
    public int choice() {
        return choice;
    }

    /** Number of token ids. */
    public int vocabulary() {
        return vocabulary;
    }

    /**
     * Takes note of the next id, whether it was sampled or put in by the caller.
     *
     * @throws SamplingException if the constraint throws
     */
    public void accept(int id) {
        checkId(id, "the answer");
        if (counts != null) {
            counts.add(id, 1);
        }
        if (constraint != null) {
            try {
                constraint.accept(id);
            } catch (RuntimeException | StackOverflowError e) {
                throw new SamplingException("the constraint of this request failed on token " + id + ": " + e, e);
            }
        }
    }

    /**
     * Forbids ids from now on, in place of those that were forbidden before; an empty array ends it. Used for the ids
     * that end an answer until it has its least length.
     *
     * @throws IllegalArgumentException if an id is outside the vocabulary
     */
    public void forbid(int[] ids) {
        for (int id : ids) {
            checkId(id, "what is forbidden");
        }
        forbidden = ids.clone();
    }

    /** Whether the logits are used as they are. */
    boolean leavesLogits() {
        return counts == null && biased.length == 0 && constraint == null && forbidden.length == 0;
    }

    /** Writes the logits by which to choose; minus infinity for what can't be chosen. */
    void adjust(float[] logits, int offset, float[] target, long position) {
        if (constraint == null) {
            System.arraycopy(logits, offset, target, 0, vocabulary);
        } else {
            allowed(constraint, position).select(logits, offset, vocabulary, target);
        }
        if (counts != null) {
            penalise(counts, target);
        }
        for (int i = 0; i < biased.length; i++) {
            target[biased[i]] = finite(target[biased[i]], target[biased[i]] + bias[i]);
        }
        for (int id : forbidden) {
            target[id] = Float.NEGATIVE_INFINITY;
        }
    }

    private static TokenMask allowed(TokenConstraint constraint, long position) {
        try {
            return constraint.allowed();
        } catch (RuntimeException | StackOverflowError e) {
            throw new SamplingException("the constraint of this request failed at position " + position + ": " + e, e);
        }
    }

    private void penalise(TokenCounts known, float[] target) {
        Penalties penalties = params.adjustments().penalties();
        for (int entry = 0; entry < known.size(); entry++) {
            int id = known.id(entry);
            float logit = target[id];
            float value = logit > 0 ? logit / penalties.repetition() : logit * penalties.repetition();
            int count = known.count(entry);
            if (count > 0) {
                value -= count * penalties.frequency() + penalties.presence();
            }
            target[id] = finite(logit, value);
        }
    }

    /** What was finite stays so, even at the end of a float's range; what is excluded stays excluded. */
    private static float finite(float before, float after) {
        return before == Float.NEGATIVE_INFINITY ? before : Math.clamp(after, -Float.MAX_VALUE, Float.MAX_VALUE);
    }

    /** What to say when every logit is minus infinity. */
    String nothingLeft() {
        String forbidding = forbidden.length == 0
                ? ""
                : " other than the " + forbidden.length + " that are forbidden until the answer has its least length";
        return (constraint == null ? "there is no token" : "the constraint of this request allows no token")
                + forbidding;
    }
}
