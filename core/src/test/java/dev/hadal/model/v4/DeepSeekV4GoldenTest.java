package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Rows;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.NumericsMode;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against outputs of an independent implementation, with the tolerances that were recorded with them. */
class DeepSeekV4GoldenTest {

    @ParameterizedTest
    @ValueSource(strings = {"flash", "pro"})
    void logitsInFp32AreTheRecordedOnesOnThePlainKernels(String name) {
        try (Golden golden = Golden.open(name);
                DeepSeekV4 model = asRecorded(golden, golden.model(NumericsMode.FP32, KernelSelector.scalar(), 2))) {
            float[] expected = golden.floats("logits_fp32");
            float[] actual = golden.logits(model, golden.ids(), 600);
            Comparison comparison = Comparison.of(expected, actual, golden.config.vocabSize());
            assertThat(comparison.largestDifference()).as("largest difference").isLessThan(2e-3f);
            assertThat(comparison.decidedRowsWithOtherArgmax(4e-3f)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"flash", "pro"})
    void logitsInQatFollowTheRecordedOnes(String name) {
        try (Golden golden = Golden.open(name);
                DeepSeekV4 model = asRecorded(golden, golden.model(NumericsMode.QAT))) {
            float[] expected = golden.floats("logits_qat");
            float[] actual = golden.logits(model, golden.ids(), 600);
            Comparison comparison = Comparison.of(expected, actual, golden.config.vocabSize());
            assertThat(comparison.meanKl()).isLessThan(1e-3);
            assertThat(comparison.argmaxAgreement()).isGreaterThanOrEqualTo(0.97);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"flash", "pro"})
    void theDraftBlockPredictsWhatWasRecorded(String name) {
        try (Golden golden = Golden.open(name);
                DeepSeekV4 model = asRecorded(golden, golden.model(NumericsMode.FP32))) {
            int[] ids = golden.ids();
            int[] next = java.util.Arrays.copyOfRange(ids, 1, ids.length);
            Logits logits = new Logits(1, golden.config.vocabSize());
            Logits drafts = new Logits(next.length, golden.config.vocabSize());
            Batch batch = new Batch().add(model.newState(), ids, 0, ids.length, Batch.Wanted.LAST);
            model.forwardWithDrafts(batch, logits, next, drafts);
            Comparison comparison =
                    Comparison.of(golden.floats("mtp_fp32"), drafts.values(), golden.config.vocabSize());
            assertThat(comparison.largestDifference()).isLessThan(2e-3f);
            assertThat(comparison.decidedRowsWithOtherArgmax(4e-3f)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"flash", "pro"})
    void eachLayerComputesWhatWasRecorded(String name) {
        try (Golden golden = Golden.open(name);
                DeepSeekV4 model = asRecorded(golden, golden.model(NumericsMode.FP32))) {
            int[] positions = golden.ints("positions");
            Map<String, float[]> seen = new HashMap<>();
            model.trace((layer, stage, rows) ->
                    seen.put("layers." + layer + "." + stage.name().toLowerCase(Locale.ROOT), at(rows, positions)));
            golden.logits(model, golden.ids(), 600);
            assertThat(seen).hasSize(5 * golden.config.numHiddenLayers());
            seen.forEach((tensor, actual) -> assertThat(deviatingRows(golden.floats(tensor), actual, positions.length))
                    .as("rows of %s that deviate", tensor)
                    .isLessThanOrEqualTo(2));
        }
    }

    /** A model that decides exact ties of index scores as the recorded outputs did. */
    private static DeepSeekV4 asRecorded(Golden golden, DeepSeekV4 model) {
        model.selectIndexWith(() -> new RecordedSelection(golden.ids().length / LayerKind.CSA.ratio()));
        return model;
    }

    private static float[] at(Rows rows, int[] positions) {
        float[] values = new float[positions.length * rows.stride()];
        for (int i = 0; i < positions.length; i++) {
            System.arraycopy(rows.data(), rows.at(positions[i]), values, i * rows.stride(), rows.stride());
        }
        return values;
    }

    /** Rows with a difference above 1e-4 of the tensor's largest magnitude: near-ties of an index or router score. */
    private static int deviatingRows(float[] expected, float[] actual, int rows) {
        assertThat(actual).hasSameSizeAs(expected);
        float largest = 0f;
        for (float v : expected) {
            largest = Math.max(largest, Math.abs(v));
        }
        int width = expected.length / rows;
        int deviating = 0;
        for (int row = 0; row < rows; row++) {
            boolean deviates = false;
            for (int i = row * width; i < (row + 1) * width; i++) {
                deviates |= !(Math.abs(expected[i] - actual[i]) <= 1e-4f * largest);
            }
            deviating += deviates ? 1 : 0;
        }
        return deviating;
    }
}
