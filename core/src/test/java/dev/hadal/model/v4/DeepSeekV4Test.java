package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.kernel.ObservedKernels;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.SequenceState;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the model refuses, and that a refusal or a failure harms nobody else. */
class DeepSeekV4Test {
    private final Golden golden = Golden.open("flash");
    private final int[] ids = Arrays.copyOf(golden.ids(), 40);
    private final int vocabulary = golden.config.vocabSize();
    /** Operations until one fails; 0 for none. */
    private final AtomicInteger fuse = new AtomicInteger();

    private final DeepSeekV4 model =
            golden.model(NumericsMode.QAT, new ObservedKernels(FastKernels.INSTANCE, this::burn), 1);
    private final Logits logits = new Logits(40, vocabulary);

    private void burn() {
        if (fuse.get() > 0 && fuse.decrementAndGet() == 0) {
            throw new IllegalStateException("out of luck");
        }
    }

    @AfterEach
    void close() {
        model.close();
        golden.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 500, 2000})
    void aSequenceThatFailedHalfWayIsRefusedAndOthersGoOn(int operations) {
        float[] expected = golden.logits(model, ids, 40);
        SequenceState bystander = model.newState();
        SequenceState unlucky = model.newState();
        golden.logits(model, bystander, Arrays.copyOf(ids, 10), 10);
        fuse.set(operations);
        assertThatThrownBy(() -> golden.logits(model, unlucky, ids, 40))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("out of luck");
        for (SequenceState state : new SequenceState[] {unlucky, unlucky.fork()}) {
            assertThatThrownBy(() -> golden.logits(model, state, ids, 40))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("this sequence failed in the middle of an earlier batch; start it again");
        }
        float[] rest = golden.logits(model, bystander, Arrays.copyOfRange(ids, 10, 40), 30);
        assertThat(rest).isEqualTo(Arrays.copyOfRange(expected, 10 * vocabulary, expected.length));
        assertThat(golden.logits(model, ids, 40)).isEqualTo(expected);
    }

    @Test
    void refusesWhatDoesNotFitAndChangesNothing() {
        SequenceState state = model.newState();
        refuses(state, new int[] {1, 512}, "token 512 in row 1 is not in the vocabulary of 512 ids");
        refuses(state, new int[] {-1}, "token -1 in row 0 is not in the vocabulary of 512 ids");
        refuses(state, new int[601], "a batch has 1 to 600 rows, this one has 601");
        refuses(state, new int[41], "the batch asks for the logits of 41 rows, there is room for 40");
        assertThatThrownBy(() -> model.forward(new Batch(), logits))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a batch has 1 to 600 rows, this one has 0");
        assertThatThrownBy(() -> model.forward(
                        new Batch().add(state, ids, 0, 1, Batch.Wanted.LAST), new Logits(1, vocabulary + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("logits have room for a vocabulary of 513, the model's has 512");
        assertThat(state.length()).isZero();
        assertThat(golden.logits(model, state, ids, 40)).isEqualTo(golden.logits(model, ids, 40));
    }

    private void refuses(SequenceState state, int[] tokens, String message) {
        assertThatThrownBy(
                        () -> model.forward(new Batch().add(state, tokens, 0, tokens.length, Batch.Wanted.ALL), logits))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void refusesDraftsOfTokensThatAreNone() {
        SequenceState state = model.newState();
        Batch batch = new Batch().add(state, ids, 0, 3, Batch.Wanted.NONE);
        Logits drafts = new Logits(3, vocabulary);
        assertThatThrownBy(() -> model.forwardWithDrafts(batch, logits, new int[] {1, 2, 512}, drafts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("token 512 in row 2 is not in the vocabulary of 512 ids");
        assertThatThrownBy(() -> model.forwardWithDrafts(batch, logits, new int[] {1}, drafts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("drafts need one sequence and the token after each row,"
                        + " got 1 sequences and 1 tokens for 3 rows");
        model.forwardWithDrafts(batch, logits, new int[] {1, 2, 3}, drafts);
        assertThat(state.length()).isEqualTo(3);
    }

    @Test
    void leavesLogitsOfTheRowsThatAskedInTheirOrder() {
        float[] all = golden.logits(model, ids, 40);
        Batch batch = new Batch()
                .add(model.newState(), ids, 0, 7, Batch.Wanted.LAST)
                .add(model.newState(), ids, 0, 5, Batch.Wanted.NONE)
                .add(model.newState(), ids, 0, 2, Batch.Wanted.ALL);
        model.forward(batch, logits);
        assertThat(logits.rows()).isEqualTo(3);
        int[] positions = {6, 0, 1};
        for (int row = 0; row < 3; row++) {
            int from = logits.at(row);
            assertThat(Arrays.copyOfRange(logits.values(), from, from + vocabulary))
                    .isEqualTo(Arrays.copyOfRange(all, positions[row] * vocabulary, (positions[row] + 1) * vocabulary));
        }
    }

    @Test
    void saysWhatItAccepts() {
        assertThat(model.limits().vocabulary()).isEqualTo(512);
        assertThat(model.limits().context()).isEqualTo(1_048_576);
        assertThat(model.limits().batchRows()).isEqualTo(600);
        assertThat(model.fingerprint()).isEqualTo("golden-QAT");
        assertThat(model.hasDraftBlock()).isTrue();
    }
}
