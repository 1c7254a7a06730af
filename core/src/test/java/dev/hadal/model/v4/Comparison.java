package dev.hadal.model.v4;

/**
 * How far one set of logits is from another.
 *
 * @param expected [rows, vocabulary]
 * @param actual [rows, vocabulary]
 * @param vocabulary values in a row
 */
record Comparison(float[] expected, float[] actual, int vocabulary) {

    static Comparison of(float[] expected, float[] actual, int vocabulary) {
        if (expected.length != actual.length) {
            throw new AssertionError(expected.length + " values expected, " + actual.length + " found");
        }
        return new Comparison(expected, actual, vocabulary);
    }

    private int rows() {
        return expected.length / vocabulary;
    }

    float largestDifference() {
        float largest = 0f;
        for (int i = 0; i < expected.length; i++) {
            float difference = Math.abs(expected[i] - actual[i]);
            largest = difference <= largest ? largest : difference;
        }
        return largest;
    }

    /** Rows with another argmax although the two best were recorded further apart than {@code gap}. */
    int decidedRowsWithOtherArgmax(float gap) {
        int count = 0;
        for (int row = 0; row < rows(); row++) {
            int best = argmax(expected, row);
            float second = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < vocabulary; i++) {
                if (i != best) {
                    second = Math.max(second, expected[row * vocabulary + i]);
                }
            }
            boolean decided = expected[row * vocabulary + best] - second > gap;
            count += decided && argmax(actual, row) != best ? 1 : 0;
        }
        return count;
    }

    double argmaxAgreement() {
        int equal = 0;
        for (int row = 0; row < rows(); row++) {
            equal += argmax(expected, row) == argmax(actual, row) ? 1 : 0;
        }
        return (double) equal / rows();
    }

    /** Mean over the rows of the KL divergence of the actual from the expected distribution. */
    double meanKl() {
        double sum = 0;
        for (int row = 0; row < rows(); row++) {
            double[] p = logSoftmax(expected, row);
            double[] q = logSoftmax(actual, row);
            for (int i = 0; i < vocabulary; i++) {
                sum += Math.exp(p[i]) * (p[i] - q[i]);
            }
        }
        return sum / rows();
    }

    private int argmax(float[] values, int row) {
        int best = 0;
        for (int i = 1; i < vocabulary; i++) {
            if (values[row * vocabulary + i] > values[row * vocabulary + best]) {
                best = i;
            }
        }
        return best;
    }

    private double[] logSoftmax(float[] values, int row) {
        double max = values[row * vocabulary + argmax(values, row)];
        double sum = 0;
        for (int i = 0; i < vocabulary; i++) {
            sum += Math.exp(values[row * vocabulary + i] - max);
        }
        double[] result = new double[vocabulary];
        for (int i = 0; i < vocabulary; i++) {
            result[i] = values[row * vocabulary + i] - max - Math.log(sum);
        }
        return result;
    }
}
