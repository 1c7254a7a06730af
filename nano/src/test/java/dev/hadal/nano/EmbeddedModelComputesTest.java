package dev.hadal.nano;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.DeepSeek;
import dev.hadal.OpenOptions;
import dev.hadal.kernel.KernelChoice;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.SequenceState;
import dev.hadal.model.v4.DeepSeekV4;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** The embedded model against what an independent implementation computed with it (its answers in qat). */
class EmbeddedModelComputesTest {
    /** One thread: threads that wait for each other by spinning lose most on a machine that others use too. */
    private static final OpenOptions FAST = OpenOptions.defaults().withThreads(1);

    private static final int LONG_PROMPT = 4_096;

    private static DeepSeek open(OpenOptions options) {
        return DeepSeek.open(EmbeddedModel.files(), options);
    }

    @Test
    void givesTheRecordedAnswersWhereverTheyWereDecided() {
        List<Recording.Answer> answers = Recording.answers();
        assertThat(answers).hasSize(24);
        List<Recording.Answer> decided =
                answers.stream().filter(answer -> answer.smallestGap() >= 0.2).toList();
        assertThat(decided).hasSize(18);
        try (DeepSeek nano = open(FAST)) {
            for (Recording.Answer answer : decided) {
                assertThat(Recording.continuation(nano.model(), answer.prompt(), answer.output().length))
                        .isEqualTo(answer.output());
            }
        }
    }

    @Test
    void givesTheRecordedLogitsInFp32() {
        float[] expected = Recording.floats("logits_fp32");
        float[] actual = logits(FAST.withNumerics(NumericsMode.FP32), 256);
        assertThat(Recording.largestDifference(expected, actual)).isLessThan(2e-3f);
    }

    @Test
    void followsTheRecordedLogitsInQat() {
        float[] expected = Recording.floats("logits_qat");
        float[] actual = logits(FAST, 256);
        int vocabulary = 3712;
        double divergence = 0;
        for (int row = 0; row < expected.length; row += vocabulary) {
            assertThat(Recording.argmax(actual, row, row + vocabulary))
                    .isEqualTo(Recording.argmax(expected, row, row + vocabulary));
            divergence += kl(Arrays.copyOfRange(expected, row, row + vocabulary), actual, row);
        }
        assertThat(divergence / 18).isLessThan(1e-3);
    }

    private static float[] logits(OpenOptions options, int chunk) {
        try (DeepSeek nano = open(options)) {
            float[] all = Recording.logits(nano.model(), Recording.ints("ids"), chunk);
            return Recording.at(Recording.ints("positions"), all, 3712);
        }
    }

    private static double kl(float[] p, float[] q, int from) {
        double pSum = 0;
        double qSum = 0;
        for (int i = 0; i < p.length; i++) {
            pSum += Math.exp(p[i]);
            qSum += Math.exp(q[from + i]);
        }
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum += Math.exp(p[i]) / pSum * (p[i] - Math.log(pSum) - q[from + i] + Math.log(qSum));
        }
        return sum;
    }

    @Test
    void itsDraftBlockPredictsWhatWasRecorded() {
        int[] ids = Recording.ints("ids");
        int[] next = Arrays.copyOfRange(ids, 1, ids.length);
        try (DeepSeek nano = open(FAST.withNumerics(NumericsMode.FP32).withBatchRows(ids.length))) {
            DeepSeekV4 model = nano.model();
            Logits drafts = new Logits(next.length, 3712);
            Batch batch = new Batch().add(model.newState(), ids, 0, ids.length, Batch.Wanted.LAST);
            model.forwardWithDrafts(batch, new Logits(1, 3712), next, drafts);
            float[] actual = Recording.at(Recording.ints("positions"), drafts.values(), 3712);
            assertThat(Recording.largestDifference(Recording.floats("mtp_fp32"), actual))
                    .isLessThan(2e-3f);
        }
    }

    @Test
    void chunksThreadsAndKernelsChangeNoBit() {
        int[] ids = Arrays.copyOf(Recording.ints("ids"), 140);
        OpenOptions plain = FAST.withKernels(KernelChoice.SCALAR);
        float[] expected = logits(plain.withThreads(1), ids, 140);
        assertThat(logits(plain.withThreads(2), ids, 1)).isEqualTo(expected);
        assertThat(logits(FAST.withKernels(KernelChoice.VECTOR).withThreads(2), ids, 140))
                .isEqualTo(expected);
    }

    private static float[] logits(OpenOptions options, int[] ids, int chunk) {
        try (DeepSeek nano = open(options)) {
            return Recording.logits(nano.model(), ids, chunk);
        }
    }

    /** Nothing is allocated for a token but what the plan says, and that grows in proportion to the tokens. */
    @Test
    void readsALongPromptInTheMemoryThatIsPlanned() {
        int[] ids = new int[LONG_PROMPT];
        int[] text = Recording.ints("ids");
        Arrays.setAll(ids, i -> text[i % text.length]);
        try (DeepSeek nano = open(FAST)) {
            DeepSeekV4 model = nano.model();
            SequenceState state = model.newState();
            Logits logits = new Logits(1, 3712);
            long scratch = model.scratchBytes();
            for (int from = 0; from < LONG_PROMPT; from += 256) {
                model.forward(new Batch().add(state, ids, from, from + 256, Batch.Wanted.LAST), logits);
                assertThat(state.bytes()).isEqualTo(model.stateBytes(from + 256));
            }
            assertThat(model.scratchBytes()).isEqualTo(scratch);
            // From the first half to the third quarter the window is full; entries come in pages, so not to the byte.
            long half = model.stateBytes(LONG_PROMPT / 2);
            long quarter = model.stateBytes(LONG_PROMPT / 4 * 3) - half;
            assertThat(state.bytes() - half).isCloseTo(2 * quarter, Percentage.withPercentage(5));
        }
    }
}
