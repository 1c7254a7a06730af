package dev.hadal.cli;

import dev.hadal.checkpoint.SafetensorsWriter;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.SequenceState;
import dev.hadal.model.v4.DeepSeekV4;
import dev.hadal.tensor.DType;
import dev.hadal.tensor.TensorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The logits of one sequence, computed in chunks and written as they come. */
final class LogitsFile {
    private static final String LOGITS = "logits";
    private static final String MTP = "mtp";

    private final DeepSeekV4 model;
    private final int[] tokens;
    private final Content content;
    private final int vocabulary;

    /**
     * What is written.
     *
     * @param last of the logits only the last row
     * @param mtp  what the draft block predicts, too
     */
    record Content(boolean last, boolean mtp) {}

    /**
     * Checks that the sequence can be computed.
     *
     * @param tokens at least one, with {@code mtp} at least two
     * @throws CommandException if it is too long, has an unknown token, or the model has no draft block
     */
    LogitsFile(DeepSeekV4 model, int[] tokens, Content content) {
        this.model = model;
        this.tokens = tokens;
        this.content = content;
        this.vocabulary = model.limits().vocabulary();
        int context = model.limits().context();
        if (tokens.length > context) {
            throw new CommandException(tokens.length + " ids do not fit the context of " + context + " tokens");
        }
        for (int index = 0; index < tokens.length; index++) {
            if (tokens[index] >= vocabulary) {
                throw new CommandException("the id " + tokens[index] + " at index " + index
                        + " is not in the model's vocabulary of " + vocabulary);
            }
        }
        if (content.mtp && !model.hasDraftBlock()) {
            throw new CommandException("this model has no draft block (mtp.0); leave out --mtp");
        }
    }

    /** The tensors of the file. */
    List<TensorSpec> tensors() {
        List<TensorSpec> tensors = new ArrayList<>();
        tensors.add(TensorSpec.of(LOGITS, DType.F32, content.last ? 1 : tokens.length, vocabulary));
        if (content.mtp) {
            tensors.add(TensorSpec.of(MTP, DType.F32, tokens.length - 1, vocabulary));
        }
        return tensors;
    }

    /**
     * Computes and writes.
     *
     * @param file  complete at the end, or absent
     * @param chunk most tokens to compute at a time, no more than the model allows
     */
    void write(Path file, int chunk) {
        int rows = Math.min(tokens.length, chunk);
        Logits logits = new Logits(content.last ? 1 : rows, vocabulary);
        Logits drafts = new Logits(content.mtp ? rows : 0, vocabulary);
        SequenceState state = model.newState();
        Batch batch = new Batch();
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, tensors())) {
            for (int from = 0; from < tokens.length; from += rows) {
                int to = Math.min(from + rows, tokens.length);
                batch.clear();
                batch.add(state, tokens, from, to, wanted(to));
                forward(batch, logits, drafts, from);
                append(writer, LOGITS, logits);
                append(writer, MTP, drafts);
            }
            writer.finish();
        }
    }

    private Batch.Wanted wanted(int to) {
        if (!content.last) {
            return Batch.Wanted.ALL;
        }
        return to == tokens.length ? Batch.Wanted.LAST : Batch.Wanted.NONE;
    }

    private void forward(Batch batch, Logits logits, Logits drafts, int from) {
        if (content.mtp) {
            // The draft block sees the token after each row; after the last row there is none.
            int[] next = Arrays.copyOfRange(tokens, from + 1, Math.min(from + 1 + batch.rows(), tokens.length));
            model.forwardWithDrafts(batch, logits, next, drafts);
        } else {
            model.forward(batch, logits);
        }
    }

    private void append(SafetensorsWriter writer, String tensor, Logits rows) {
        for (int row = 0; row < rows.rows(); row++) {
            writer.append(tensor, Arrays.copyOfRange(rows.values(), rows.at(row), rows.at(row + 1)));
        }
    }
}
