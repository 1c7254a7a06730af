package dev.hadal.engine;

import dev.hadal.model.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What one step computes: a batch, and whose rows they are, so that the model need not know. */
final class Plan {
    private final Batch batch = new Batch();
    private final List<Part> parts = new ArrayList<>();
    private int decodeRows;

    /**
     * The rows of one sequence.
     *
     * @param rows how many
     * @param logitsRow where the logits of its last row are, -1 if more of its ids stay pending
     */
    record Part(Sequence sequence, int rows, int logitsRow) {}

    void clear() {
        batch.clear();
        parts.clear();
        decodeRows = 0;
    }

    /** Adds the next rows of a sequence that has a state. */
    void add(Sequence sequence, int rows) {
        boolean decode = sequence.pending() == 1;
        boolean last = rows == sequence.pending();
        int from = sequence.computed();
        parts.add(new Part(sequence, rows, last ? batch.wantedRows() : -1));
        batch.add(
                Objects.requireNonNull(sequence.state()),
                sequence.ids(),
                from,
                from + rows,
                last ? Batch.Wanted.LAST : Batch.Wanted.NONE);
        decodeRows += decode ? 1 : 0;
    }

    /** Whether a sequence has rows in it. */
    boolean has(Sequence sequence) {
        return parts.stream().anyMatch(part -> part.sequence() == sequence);
    }

    /** How many rows a tenant has in it. */
    int rows(Tenant tenant) {
        return parts.stream()
                .filter(part -> part.sequence().request().origin().tenant().equals(tenant.name()))
                .mapToInt(Part::rows)
                .sum();
    }

    Batch batch() {
        return batch;
    }

    List<Part> parts() {
        return parts;
    }

    /** Those after which an id is chosen. */
    List<Part> sampled() {
        return parts.stream().filter(part -> part.logitsRow() >= 0).toList();
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** Rows of sequences of which nothing else is pending. */
    int decodeRows() {
        return decodeRows;
    }

    /** The other rows. */
    int promptRows() {
        return batch.rows() - decodeRows;
    }
}
