package dev.hadal.model.v4;

import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import java.util.List;
import java.util.Random;

/** Computes several sequences together, each with a random number of rows. */
final class Company {
    private static final int MOST_ROWS = 12;

    private final DeepSeekV4 model;
    private final Logits logits;
    private final Batch batch = new Batch();
    private int largest;

    Company(DeepSeekV4 model, int vocabulary) {
        this.model = model;
        this.logits = new Logits(16 * MOST_ROWS, vocabulary);
    }

    void step(List<Member> members, Random random) {
        int[] rows = new int[members.size()];
        batch.clear();
        for (int i = 0; i < rows.length; i++) {
            rows[i] = members.get(i).add(batch, 1 + random.nextInt(MOST_ROWS));
        }
        model.forward(batch, logits);
        int row = 0;
        for (int i = 0; i < rows.length; i++) {
            members.get(i).take(logits, row, rows[i]);
            row += rows[i];
        }
        largest = Math.max(largest, rows.length);
    }

    /** Members of the largest batch. */
    int largest() {
        return largest;
    }
}
