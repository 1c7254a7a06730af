package dev.hadal.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Chooses a token id from a row of logits. The order of operations:
 *
 * <ol>
 * <li>A logit that is NaN or infinite is refused.
 * <li>Constraint: what {@link TokenConstraint#allowed} does not have can't be chosen.
 * <li>Repetition penalty: the logit of a token that prompt or answer has is divided by it if positive, else multiplied.
 * <li>Frequency and presence penalties: of the logit of a token that the answer has n times (the prompt does not count),
 *     {@code n * frequency + presence} is taken off.
 * <li>Logit bias is added. Results of these steps are floats, kept within their finite range.
 * <li>What the caller forbade (see {@link SampledSequence#forbid}) can't be chosen.
 * <li>Temperature 0: the largest logit wins, the lowest id on a tie. Nothing below applies.
 * <li>Temperature: a token's weight is {@code exp((logit - largest) / temperature)}, in double precision. A weight under
 *     2^-72 counts as zero.
 * <li>Top-k: of the tokens by descending logit (equal ones by ascending id) the first k remain.
 * <li>Top-p: of these, the shortest run from the front whose weight reaches the share p of the weight of all of them; the
 *     first always stays.
 * <li>Min-p: of these, those whose weight is at least p times the largest.
 * <li>One random number in [0, 1), a function of seed, choice and position, picks from what is left in proportion to the
 *     weights, walking down the same order.
 * </ol>
 *
 * <p>From temperature on this is the order of Hugging Face transformers. Every filter keeps a run from the front of one
 * order, so together they are one walk that ends at the first token that any of them drops.
 *
 * <p>The result is a function of seed, choice, position, logits and the sequence's own past, on every machine: the
 * exponential is the class's own, and every sum has one order. An instance owns scratch memory, serves any number of
 * sequences, and belongs to one thread at a time.
 */
public final class Sampler {
    private final Candidates candidates = new Candidates();
    private final Descending first = new Descending();
    private final CounterRandom random = new CounterRandom();
    private float[] adjusted = {};
    private float[] row = {};
    private int start;

    /** A sampler; its memory grows to a few times the largest vocabulary seen. */
    public Sampler() {}

    /**
     * Chooses an id. The sequence does not change: {@link SampledSequence#accept} takes the id, or another one.
     *
     * @param logits   holds the row; is not changed
     * @param offset   where the row starts; it has as many values as the sequence's vocabulary
     * @param sequence how to choose
     * @param position position in the sequence of the token to be chosen
     * @return an id of the vocabulary
     * @throws SamplingException if a logit is not finite, or the constraint throws or leaves no token
     */
    public int pick(float[] logits, int offset, SampledSequence sequence, long position) {
        int best = best(logits, offset, sequence, position);
        SamplingParams params = sequence.params();
        if (params.isGreedy()) {
            return best;
        }
        candidates.weigh(row, start, sequence.vocabulary(), row[start + best], params.temperature());
        return draw(params, random.uniform(params.seed(), sequence.choice(), position));
    }

    /**
     * How likely a token is at this place, and which are the likeliest. Asked before the sequence accepts the token.
     *
     * @param id  the token that was picked or will be put in
     * @param top how many of the likeliest to name, 0 to {@link LogProbs#MAX_TOP}
     * @throws SamplingException as {@link #pick} does
     */
    public LogProbs logProbs(float[] logits, int offset, SampledSequence sequence, long position, int id, int top) {
        if (top < 0 || top > LogProbs.MAX_TOP) {
            throw new IllegalArgumentException(
                    "the number of likeliest tokens must be from 0 to " + LogProbs.MAX_TOP + ", but is " + top);
        }
        Objects.checkIndex(id, sequence.vocabulary());
        int best = best(logits, offset, sequence, position);
        float temperature = sequence.params().temperature();
        double total = 0;
        if (temperature > 0) {
            candidates.weigh(row, start, sequence.vocabulary(), row[start + best], temperature);
            total = StrictMath.log(candidates.total());
        }
        first.first(top, row, start, sequence.vocabulary());
        List<LogProbs.Entry> likeliest = new ArrayList<>(top);
        for (int rank = 0; rank < first.size(); rank++) {
            likeliest.add(entry(first.id(rank), best, temperature, total));
        }
        return new LogProbs(entry(id, best, temperature, total), likeliest);
    }

    private LogProbs.Entry entry(int id, int best, float temperature, double total) {
        if (temperature == 0) {
            return new LogProbs.Entry(id, id == best ? 0 : Float.NEGATIVE_INFINITY);
        }
        return new LogProbs.Entry(id, (float) Math.min(0, candidates.exponent(row[start + id]) - total));
    }

    /** Finds the row to choose from, and the id of its largest logit, the lowest on a tie. */
    private int best(float[] logits, int offset, SampledSequence sequence, long position) {
        int vocabulary = sequence.vocabulary();
        Objects.checkFromIndexSize(offset, vocabulary, logits.length);
        requireFinite(logits, offset, vocabulary, position);
        if (sequence.leavesLogits()) {
            row = logits;
            start = offset;
        } else {
            if (adjusted.length < vocabulary) {
                adjusted = new float[vocabulary];
            }
            sequence.adjust(logits, offset, adjusted, position);
            row = adjusted;
            start = 0;
        }
        int best = largest(row, start, vocabulary);
        if (best < 0) {
            throw new SamplingException(
                    "no token can be chosen at position " + position + ": " + sequence.nothingLeft());
        }
        return best;
    }

    private static void requireFinite(float[] logits, int offset, int length, long position) {
        int bad = 0;
        for (int id = 0; id < length; id++) {
            bad |= Float.isFinite(logits[offset + id]) ? 0 : 1;
        }
        if (bad == 0) {
            return;
        }
        int id = 0;
        while (Float.isFinite(logits[offset + id])) {
            id++;
        }
        throw new SamplingException(
                "no token can be chosen at position " + position + ": the logit of token " + id + " is "
                        + logits[offset + id]
                        + "; the weights may be damaged, compare the checkpoint's files with their origin");
    }

    /** The id of the largest logit, the lowest on a tie; -1 if all are minus infinity. */
    private static int largest(float[] logits, int offset, int length) {
        int best = -1;
        float most = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < length; id++) {
            if (logits[offset + id] > most) {
                most = logits[offset + id];
                best = id;
            }
        }
        return best;
    }

    private int draw(SamplingParams params, double number) {
        int end = candidates.size();
        if (params.topK() > 0) {
            end = Math.min(end, params.topK());
        }
        if (params.topP() < 1) {
            // More than the number before it is at least as much.
            double enough = Math.nextDown(params.topP() * candidates.mass(end));
            end = Math.min(end, candidates.rankBeyond(enough) + 1);
        }
        if (params.minP() > 0) {
            end = Math.min(end, Math.max(1, candidates.ranksOfWeight(params.minP())));
        }
        int rank = candidates.rankBeyond(number * candidates.mass(end));
        return candidates.id(Math.min(rank, end - 1));
    }
}
