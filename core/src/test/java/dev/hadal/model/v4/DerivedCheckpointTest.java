package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.tensor.DType;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Each way in which a checkpoint may be written gives the model that is written in it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DerivedCheckpointTest {
    /** Past the window, past the first HCA block, and long enough for the indexer to select. */
    private final int[] ids = new Random(5).ints(140, 0, 512).toArray();

    private final float[] expected = published();

    private float[] published() {
        return new DerivedCheckpoint("flash").logits(ids);
    }

    @Test
    void shardsAndASingleFileHoldTheSameModel() {
        try (Golden golden = Golden.open("flash");
                DeepSeekV4 model = golden.model(dev.hadal.model.NumericsMode.FP32)) {
            assertThat(golden.logits(model, ids, ids.length)).isEqualTo(expected);
        }
    }

    @Test
    void scalesMayBeFloats() {
        assertThat(new DerivedCheckpoint("flash").withFloatScales().logits(ids)).isEqualTo(expected);
    }

    @Test
    void expertsMayBeFp8() {
        DerivedCheckpoint stated = new DerivedCheckpoint("flash")
                .withFp8Experts()
                .configure(json -> OfficialConfigs.with(json, "expert_dtype", "\"fp8\""));
        Comparison comparison = Comparison.of(expected, stated.logits(ids), 512);
        assertThat(comparison.largestDifference()).isLessThan(1e-4f);
    }

    @Test
    void theConfigurationNeedNotSayWhatExpertsAre() {
        DerivedCheckpoint fp4 =
                new DerivedCheckpoint("flash").configure(json -> OfficialConfigs.without(json, "expert_dtype"));
        assertThat(fp4.logits(ids)).isEqualTo(expected);
        DerivedCheckpoint fp8 = new DerivedCheckpoint("flash")
                .withFp8Experts()
                .configure(json -> OfficialConfigs.without(json, "expert_dtype"));
        assertThat(Comparison.of(expected, fp8.logits(ids), 512).largestDifference())
                .isLessThan(1e-4f);
    }

    @Test
    void aDsparkDraftChangesNothing() {
        DerivedCheckpoint dspark = new DerivedCheckpoint("flash")
                .without("mtp.")
                .with("mtp.0.fc.weight", DType.BF16, new byte[12], 2, 3)
                .with("mtp.2.markov.weight", DType.F32, new byte[4], 1)
                .configure(json -> json.replaceFirst("(?s)(\"compress_ratios\": \\[[^]]*?)\\s*]", "$1, 0, 0]"));
        assertThat(dspark.notes()).containsExactly("Skipped 2 tensors of the DSpark draft (mtp.*, 16 bytes)");
        assertThat(dspark.logits(ids)).isEqualTo(expected);
    }
}
