package dev.hadal.cli.synth;

import dev.hadal.tensor.DType;
import dev.hadal.tensor.TensorSpec;

/**
 * Mean and standard deviation of a tensor's values, chosen so that the model behaves like a trained one in its
 * magnitudes: whatever a norm leaves, of root mean square 1, is still of that size after a matrix, since each matrix
 * divides by the root of its fan-in.
 *
 * @param mean of the values
 * @param deviation of the values, positive
 */
record Spread(double mean, double deviation) {
    /** What a branch adds to the streams; with dozens of layers they still grow only a few times. */
    private static final double BRANCH = 0.5;
    /** Standard deviation of the logits, about that of a trained model. */
    private static final double LOGITS = 2;

    /** The spread of a tensor that is not a scale, by the last part of its name (architecture.md 6.2). */
    static Spread of(TensorSpec tensor) {
        String name = tensor.name();
        String last = name.endsWith(".weight") ? name.substring(0, name.length() - ".weight".length()) : name;
        last = last.substring(last.lastIndexOf('.') + 1);
        if (last.endsWith("norm")) {
            return new Spread(1, 0.05);
        }
        if (last.startsWith("hc_")) {
            return last.endsWith("_fn") ? around0(fanIn(tensor)) : new Spread(0.25, 0.1);
        }
        return switch (last) {
            case "embed", "attn_sink" -> new Spread(0, 1);
            case "ape" -> new Spread(0, 0.1);
            case "bias" -> new Spread(0, 0.02);
            case "head" -> new Spread(0, LOGITS / Math.sqrt(fanIn(tensor)));
            case "wo_b", "w2" -> new Spread(0, BRANCH / Math.sqrt(fanIn(tensor)));
            default -> around0(fanIn(tensor));
        };
    }

    private static Spread around0(int fanIn) {
        return new Spread(0, 1 / Math.sqrt(fanIn));
    }

    private static int fanIn(TensorSpec matrix) {
        return matrix.dim(1) * (matrix.dtype() == DType.I8 ? 2 : 1);
    }
}
