package dev.hadal.sample;

import java.util.Arrays;

/**
 * The tokens that can be chosen, by rank: 0 has the largest logit, equal logits rank by id. A token's weight is
 * {@code exp((logit - largest) / temperature)}. Ranks are worked out as they are asked for. Reusable.
 */
final class Candidates {
    /** The 129,280 tokens of V4 together weigh less than 2^-53 if each is under this: no random number would see them. */
    private static final double SMALLEST_WEIGHT = 0x1p-72;

    private static final double SMALLEST_EXPONENT = StrictMath.log(SMALLEST_WEIGHT);

    private final Descending rest = new Descending();
    private int[] ids = new int[64];
    private double[] weights = new double[64];
    private double[] masses = new double[64];
    private int ranked;
    private double largest;
    private double temperature;
    private double total;

    /** Starts over, before a row whose largest logit is given. */
    void reset(int capacity, double newLargest, double newTemperature) {
        rest.reset(capacity);
        ranked = 0;
        largest = newLargest;
        temperature = newTemperature;
        total = 0;
    }

    /** Adds a token, if its weight is not negligible; all are added by ascending id before the first rank is asked for. */
    void add(float logit, int id) {
        double exponent = exponent(logit);
        if (exponent >= SMALLEST_EXPONENT) {
            rest.add(logit, id);
            total += StrictMath.exp(exponent);
        }
    }

    /** Ends adding. */
    void order() {
        rest.order();
    }

    /** How many tokens there are. */
    int size() {
        return ranked + rest.size();
    }

    /** The sum of all weights, added up by ascending id. */
    double total() {
        return total;
    }

    /** The token at a rank. */
    int id(int rank) {
        rankThrough(rank);
        return ids[rank];
    }

    /** The weight at a rank; 1 at rank 0. */
    double weight(int rank) {
        rankThrough(rank);
        return weights[rank];
    }

    /** The sum of the weights of rank 0 through this one, added up in that order. */
    double mass(int rank) {
        rankThrough(rank);
        return masses[rank];
    }

    private void rankThrough(int rank) {
        while (ranked <= rank) {
            if (ranked == ids.length) {
                grow();
            }
            long entry = rest.next();
            ids[ranked] = Descending.id(entry);
            weights[ranked] = StrictMath.exp(exponent(Descending.logit(entry)));
            masses[ranked] = (ranked == 0 ? 0 : masses[ranked - 1]) + weights[ranked];
            ranked++;
        }
    }

    private void grow() {
        ids = Arrays.copyOf(ids, 2 * ranked);
        weights = Arrays.copyOf(weights, 2 * ranked);
        masses = Arrays.copyOf(masses, 2 * ranked);
    }

    private double exponent(float logit) {
        return (logit - largest) / temperature;
    }
}
