package dev.hadal.model.v4;

import dev.hadal.kernel.Kernels;
import dev.hadal.kernel.TopK;

/**
 * Which experts each row of a batch goes to, and the same seen from the experts: their rows stand side by side in
 * slots, so that an expert's weights are read once for all its rows. The shared expert is one that all rows go to.
 */
final class Routes {
    /** [rows, used experts], ascending within a row. */
    final int[] experts;
    /** [rows, used experts] router weights. */
    final float[] weights;
    /** [rows, used experts + 1] the slot of each choice, the shared expert last. */
    final int[] slots;
    /** The row that each slot holds. */
    final int[] slotRows;
    /** The weight of each slot. */
    final float[] slotWeights;
    /** First slot of each expert, the shared one behind the others, and the end behind the last. */
    final int[] firstSlot;
    /** Experts that have any row: the shared one, which has most, then the others. */
    final int[] active;

    int activeCount;
    /** Number of the first piece of work of each active expert, and the end behind the last. */
    final int[] firstItem;

    final float[][] biased;
    final TopK[] best;

    private final Kernels.Clamp[] clamps;
    private final int used;

    Routes(V4Config config, int rows, int threads) {
        used = config.numExpertsPerTok();
        int choices = Math.multiplyExact(rows, used);
        int allSlots = Math.multiplyExact(rows, used + 1);
        experts = new int[choices];
        weights = new float[choices];
        slots = new int[allSlots];
        slotRows = new int[allSlots];
        slotWeights = new float[allSlots];
        firstSlot = new int[config.nRoutedExperts() + 2];
        active = new int[config.nRoutedExperts() + 1];
        firstItem = new int[active.length + 1];
        biased = new float[threads][config.nRoutedExperts()];
        best = new TopK[threads];
        clamps = new Kernels.Clamp[threads];
        for (int i = 0; i < threads; i++) {
            best[i] = new TopK(used);
            clamps[i] = new Kernels.Clamp(config.swigluLimit(), 1f);
        }
    }

    /** Lays out the slots: by expert, then by row. */
    void arrange(int rows) {
        int shared = active.length - 1;
        java.util.Arrays.fill(firstSlot, 0);
        for (int i = 0; i < rows * used; i++) {
            firstSlot[experts[i] + 1]++;
        }
        activeCount = 0;
        active[activeCount++] = shared;
        for (int e = 0; e < shared; e++) {
            if (firstSlot[e + 1] > 0) {
                active[activeCount++] = e;
            }
            firstSlot[e + 1] += firstSlot[e];
        }
        // Filling moves each expert's start to its end, which is the next one's start; moved back below.
        for (int i = 0; i < rows * used; i++) {
            place(i / used, i % used, firstSlot[experts[i]]++, weights[i]);
        }
        System.arraycopy(firstSlot, 0, firstSlot, 1, shared);
        firstSlot[0] = 0;
        for (int row = 0; row < rows; row++) {
            place(row, used, firstSlot[shared] + row, 1f);
        }
        firstSlot[shared + 1] = firstSlot[shared] + rows;
    }

    private void place(int row, int choice, int slot, float weight) {
        slots[row * (used + 1) + choice] = slot;
        slotRows[slot] = row;
        slotWeights[slot] = weight;
    }

    /** What the activation of a slot is clamped to and multiplied with: the weight comes before w2 (architecture.md 5). */
    Kernels.Clamp clamp(int slot, int worker) {
        return clamps[worker].weigh(slotWeights[slot]);
    }

    /** The place among the active experts of the one that a piece of work belongs to. */
    int activeOf(int item) {
        int place = java.util.Arrays.binarySearch(firstItem, 0, activeCount, item);
        return place >= 0 ? place : -place - 2;
    }

    /** Rows of an expert. */
    int count(int expert) {
        return firstSlot[expert + 1] - firstSlot[expert];
    }

    long bytes() {
        return (long) (experts.length + slots.length + slotRows.length + firstSlot.length + 2 * active.length)
                        * Integer.BYTES
                + (long) (weights.length + slotWeights.length + biased.length * biased[0].length) * Float.BYTES
                + best.length * best[0].bytes();
    }
}
