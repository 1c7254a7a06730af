package dev.hadal.model.v4;

import dev.hadal.tensor.TensorSpec;
import java.util.Collection;

/**
 * Bytes of stored weights that a batch reads, each once: what memory bandwidth limits decoding to (performance.md 5).
 *
 * @param shared what every batch reads: all but the parts below and the draft block
 * @param head the output matrix, for batches that leave logits
 * @param routed all routed experts, of which a batch reads those that its rows use
 * @param row what each row looks up: a row of the embedding and of the tables of hash layers
 * @param used share of the routed experts that one row uses
 */
public record WeightReads(long shared, long head, long routed, long row, double used) {

    /** The reads of a model that holds these tensors. */
    public static WeightReads of(V4Config config, Collection<TensorSpec> tensors) {
        long shared = 0;
        long head = 0;
        long routed = 0;
        long row = 0;
        for (TensorSpec tensor : tensors) {
            String name = tensor.name();
            if (name.equals("embed.weight") || name.endsWith(".tid2eid")) {
                row += tensor.byteSize() / config.vocabSize();
            } else if (name.contains(".ffn.experts.") && !name.startsWith("mtp.")) {
                routed += tensor.byteSize();
            } else if (name.equals("head.weight")) {
                head += tensor.byteSize();
            } else if (!name.startsWith("mtp.")) {
                shared += tensor.byteSize();
            }
        }
        double used = (double) config.numExpertsPerTok() / config.nRoutedExperts();
        return new WeightReads(shared, head, routed, row, used);
    }

    /**
     * Bytes that one batch reads. Rows are taken to choose their experts independently and evenly, so for several rows
     * this is an expectation; for one it is exact.
     *
     * @param rows of the batch
     * @param logits whether any row leaves logits
     */
    public double bytes(int rows, boolean logits) {
        double met = 1 - Math.pow(1 - used, rows);
        return shared + (logits ? head : 0) + met * routed + (double) row * rows;
    }
}
