package dev.hadal.sample;

import java.util.Objects;

/**
 * Chooses a token id from a row of logits. The order of operations:
 *
 * <ol>
 * <li>A logit that is NaN or infinite is refused.
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
 * <p>This is the order of Hugging Face transformers. Every filter keeps a run from the front of one order, so together
 * they are one walk that ends at the first token that any of them drops.
 *
 * <p>The result depends on the arguments alone, on every machine: the exponential is StrictMath's, and every sum has one
 * order. An instance owns scratch memory and belongs to one thread at a time.
 */
public final class Sampler {
    private final Candidates candidates = new Candidates();

    /** A sampler; its memory grows to a few times the largest vocabulary seen. */
    public Sampler() {}

    /**
     * Chooses an id.
     *
     * @param logits   holds the row
     * @param offset   where the row starts
     * @param length   size of the vocabulary, at least 1
     * @param params   how to choose
     * @param choice   which of several answers to one prompt this is; each draws its own numbers
     * @param position position in the sequence of the token to be chosen
     * @return an id, from 0 to length - 1
     * @throws SamplingException if there is no logit, or one that is not finite
     */
    public int pick(float[] logits, int offset, int length, SamplingParams params, int choice, long position) {
        Objects.checkFromIndexSize(offset, length, logits.length);
        int best = largest(logits, offset, length, position);
        if (params.isGreedy()) {
            return best;
        }
        candidates.reset(length, logits[offset + best], params.temperature());
        for (int id = 0; id < length; id++) {
            candidates.add(logits[offset + id], id);
        }
        candidates.order();
        return draw(params, CounterRandom.uniform(params.seed(), choice, position));
    }

    /** The id of the largest logit, the lowest on a tie. */
    private static int largest(float[] logits, int offset, int length, long position) {
        if (length == 0) {
            throw new SamplingException("no token can be chosen at position " + position + ": there are no logits");
        }
        int best = 0;
        for (int id = 0; id < length; id++) {
            float logit = logits[offset + id];
            if (!Float.isFinite(logit)) {
                throw new SamplingException(
                        "no token can be chosen at position " + position + ": the logit of token " + id + " is " + logit
                                + "; the weights may be damaged, compare the checkpoint's files with their origin");
            }
            if (logit > logits[offset + best]) {
                best = id;
            }
        }
        return best;
    }

    private int draw(SamplingParams params, double number) {
        boolean limited = params.topK() > 0 && params.topK() < candidates.size();
        int end = limited ? params.topK() : candidates.size();
        double mass = limited ? candidates.mass(end - 1) : candidates.total();
        if (params.topP() < 1 || params.minP() > 0) {
            // At top-p 1 a sum that rounding left short of the total must not drop the last tokens.
            double enough = params.topP() < 1 ? params.topP() * mass : Double.POSITIVE_INFINITY;
            int kept = 1;
            while (kept < end && candidates.mass(kept - 1) < enough && candidates.weight(kept) >= params.minP()) {
                kept++;
            }
            end = kept;
            mass = candidates.mass(end - 1);
        }
        int rank = 0;
        while (rank < end - 1 && candidates.mass(rank) <= number * mass) {
            rank++;
        }
        return candidates.id(rank);
    }
}
