package dev.hadal.sample;

import java.util.Arrays;

/**
 * The tokens that can be chosen, by rank: 0 has the largest logit, equal logits rank by id. A token's weight is
 * {@code exp((logit - largest) / temperature)}; what weighs less than 2^-72 is left out.
 *
 * <p>Nobody pays for ordering a vocabulary of which a few tokens matter, however flat it is: one pass adds the weights up in
 * buckets of nearly equal logits, a question about a rank or a mass finds its bucket by these sums, and only that bucket
 * is put in order. So the mass of a run of ranks is, by definition, the sum of whole buckets (each added up by ascending
 * id), and of the rest by rank. Reusable; allocates only when it grows.
 */
final class Candidates {
    /** The 129,280 tokens of V4 together weigh less than 2^-53 if each is under this: no random number would see them. */
    private static final double SMALLEST_WEIGHT = 0x1p-72;

    private static final double SMALLEST_EXPONENT = StrictMath.log(SMALLEST_WEIGHT);
    private static final int BUCKETS = 1 << 13;
    private static final double BUCKETS_PER_UNIT = -BUCKETS / (SMALLEST_EXPONENT - 1);
    private static final char LEFT_OUT = Character.MAX_VALUE;
    private static final int NONE = -1;

    private final double[] mass = new double[BUCKETS];
    private final int[] count = new int[BUCKETS];
    private final double[] massThrough = new double[BUCKETS];
    private final int[] countThrough = new int[BUCKETS];
    private final Descending inOrder = new Descending();
    private char[] buckets = {};
    private float[] logits = {};
    private int offset;
    private int length;
    private double largest;
    private double perTemperature;
    private int ordered;

    /**
     * Weighs a row, which must not change while ranks are asked for.
     *
     * @param rowLargest the largest logit, finite; others are less or minus infinity
     * @param temperature more than 0
     */
    void weigh(float[] values, int from, int tokens, double rowLargest, double temperature) {
        logits = values;
        offset = from;
        length = tokens;
        largest = rowLargest;
        perTemperature = 1 / temperature;
        ordered = NONE;
        if (buckets.length < tokens) {
            buckets = new char[tokens];
        }
        Arrays.fill(mass, 0);
        Arrays.fill(count, 0);
        for (int id = 0; id < tokens; id++) {
            double exponent = exponent(values[from + id]);
            if (exponent >= SMALLEST_EXPONENT) {
                int bucket = bucket(exponent);
                mass[bucket] += Exp.exp(exponent);
                count[bucket]++;
                buckets[id] = (char) bucket;
            } else {
                buckets[id] = LEFT_OUT;
            }
        }
        double masses = 0;
        int counts = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            massThrough[bucket] = masses += mass[bucket];
            countThrough[bucket] = counts += count[bucket];
        }
    }

    /** How many tokens there are. */
    int size() {
        return countThrough[BUCKETS - 1];
    }

    /** The sum of all weights. */
    double total() {
        return massThrough[BUCKETS - 1];
    }

    /** The logarithm of a logit's weight. */
    double exponent(float logit) {
        return (logit - largest) * perTemperature;
    }

    /** The token at a rank. */
    int id(int rank) {
        int bucket = bucketOfRank(rank);
        order(bucket);
        return inOrder.id(rank - countBefore(bucket));
    }

    /** The sum of the weights of the first ranks. */
    double mass(int ranks) {
        int bucket = bucketOfRank(ranks - 1);
        if (ranks == countThrough[bucket]) {
            return massThrough[bucket];
        }
        order(bucket);
        double sum = massBefore(bucket);
        for (int place = 0; place < ranks - countBefore(bucket); place++) {
            sum += weight(place);
        }
        return sum;
    }

    /** The first rank up to which the weights add up to more than {@code target}; the last one if none does. */
    int rankBeyond(double target) {
        int bucket = 0;
        while (massThrough[bucket] <= target) {
            if (++bucket == BUCKETS) {
                return size() - 1;
            }
        }
        order(bucket);
        double sum = massBefore(bucket);
        for (int place = 0; place < inOrder.size() - 1; place++) {
            sum += weight(place);
            if (sum > target) {
                return countBefore(bucket) + place;
            }
        }
        return countThrough[bucket] - 1;
    }

    /** How many ranks from the front have at least a given weight, more than 0. */
    int ranksOfWeight(double least) {
        double edge = StrictMath.log(least);
        if (edge < SMALLEST_EXPONENT) {
            return size();
        }
        // One bucket to each side, in case rounding put the edge into the wrong one.
        int last = Math.min(BUCKETS - 1, bucket(edge) + 1);
        for (int bucket = Math.max(0, bucket(edge) - 1); bucket <= last; bucket++) {
            if (count[bucket] > 0) {
                order(bucket);
                for (int place = 0; place < inOrder.size(); place++) {
                    if (weight(place) < least) {
                        return countBefore(bucket) + place;
                    }
                }
            }
        }
        return countThrough[last];
    }

    private void order(int bucket) {
        if (ordered == bucket) {
            return;
        }
        inOrder.clear();
        for (int id = 0; id < length; id++) {
            if (buckets[id] == bucket) {
                inOrder.add(logits[offset + id], id);
            }
        }
        inOrder.order();
        ordered = bucket;
    }

    /** The weight at a place of the bucket that is in order. */
    private double weight(int place) {
        return Exp.exp(exponent(inOrder.logit(place)));
    }

    private int bucketOfRank(int rank) {
        int low = 0;
        int high = BUCKETS - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (countThrough[middle] > rank) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private int countBefore(int bucket) {
        return bucket == 0 ? 0 : countThrough[bucket - 1];
    }

    private double massBefore(int bucket) {
        return bucket == 0 ? 0 : massThrough[bucket - 1];
    }

    private static int bucket(double exponent) {
        return (int) (-exponent * BUCKETS_PER_UNIT);
    }
}
