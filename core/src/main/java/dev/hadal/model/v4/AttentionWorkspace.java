package dev.hadal.model.v4;

import dev.hadal.kernel.Exponential;
import dev.hadal.kernel.Kernels;
import dev.hadal.kernel.Panel;
import dev.hadal.kernel.Rows;
import java.util.Arrays;

/** What one worker needs to attend: gathered keys, scores, probabilities, and the running softmax of a group of heads. */
final class AttentionWorkspace {
    /** [block, head dim] gathered keys, which are the values too. */
    final Rows keys;
    /** [block, heads] scaled products. */
    final Rows scores = Rows.allocate(CoreAttention.BLOCK, Panel.LANES);
    /** [heads, block] exponentials of the scores, less the running maximum. */
    final Rows probabilities = Rows.allocate(Panel.LANES, CoreAttention.BLOCK);
    /** [heads, head dim] weighted sums of the values. */
    final Rows values;

    private final int dim;
    private final float[] max = new float[Panel.LANES];
    private final float[] sum = new float[Panel.LANES];
    private final float[] turned;
    private final Panel queryPanel = new Panel(0, 1);
    private final Panel valuePanel = new Panel(0, 1).scaledBy(1f);

    AttentionWorkspace(int headDim) {
        dim = headDim;
        keys = Rows.allocate(CoreAttention.BLOCK, headDim);
        values = Rows.allocate(Panel.LANES, headDim);
        turned = new float[headDim * Panel.LANES];
    }

    /** Begins a row: turns its queries so that a lane is a head, and starts the softmax at the sink. */
    void start(Rows queries, int row, int firstHead, int heads, float[] sink) {
        int at = queries.at(row, firstHead * dim);
        for (int head = 0; head < heads; head++) {
            for (int k = 0; k < dim; k++) {
                turned[k * Panel.LANES + head] = queries.data()[at + head * dim + k];
            }
            max[head] = sink[firstHead + head];
            sum[head] = 1f;
        }
        Arrays.fill(values.data(), 0, heads * dim, 0f);
    }

    /** The queries as a weight panel. */
    Panel queries(int heads, float scale) {
        return queryPanel.over(turned, 0, Panel.LANES, dim).between(0, 0, heads).scaledBy(scale);
    }

    /** Some columns of the gathered keys as a weight panel. */
    Panel values(int column, int lanes, int size) {
        return valuePanel.over(keys.data(), column, dim, size).between(0, column, lanes);
    }

    /** Turns a block's scores of one head into probabilities, and brings maximum and sum up to date. */
    void accountFor(Kernels kernels, int head, int size) {
        float before = max[head];
        float largest = before;
        int at = probabilities.at(head);
        for (int i = 0; i < size; i++) {
            float score = scores.data()[scores.at(i, head)];
            probabilities.data()[at + i] = score;
            largest = Math.max(largest, score);
        }
        if (largest > before) {
            float factor = Exponential.exp(before - largest);
            max[head] = largest;
            sum[head] *= factor;
            for (int i = values.at(head); i < values.at(head) + dim; i++) {
                values.data()[i] *= factor;
            }
        }
        kernels.exponentials(probabilities.data(), at, size, largest);
        sum[head] += kernels.sum(probabilities.data(), at, size);
    }

    /** Writes a head's values, divided by the denominator. */
    void divide(int head, float[] to, int offset) {
        int from = values.at(head);
        for (int i = 0; i < dim; i++) {
            to[offset + i] = values.data()[from + i] / sum[head];
        }
    }

    long bytes() {
        return keys.bytes()
                + scores.bytes()
                + probabilities.bytes()
                + values.bytes()
                + (long) (turned.length + max.length + sum.length) * Float.BYTES;
    }
}
