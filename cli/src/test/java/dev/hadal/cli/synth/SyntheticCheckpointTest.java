package dev.hadal.cli.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.DeepSeek;
import dev.hadal.OpenOptions;
import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.checkpoint.CheckpointException;
import dev.hadal.checkpoint.DirectoryFiles;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.v4.ExpertDtype;
import dev.hadal.model.v4.V4Plan;
import dev.hadal.tensor.DType;
import dev.hadal.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SyntheticCheckpointTest {
    private static final SyntheticConfig.Choices PLAIN = new SyntheticConfig.Choices(null, DType.F8_E8M0, false);
    private static final int[] IDS =
            new Random(7).ints(0, 2048).distinct().limit(140).toArray();

    @TempDir
    private Path directory = Path.of("");

    @Test
    void sameSeedSameBytesOtherSeedOtherBytes() throws IOException {
        Map<String, byte[]> first = files(write("a", PLAIN, 5, false));
        Map<String, byte[]> again = files(write("b", PLAIN, 5, false));
        Map<String, byte[]> other = files(write("c", PLAIN, 6, false));
        assertThat(again.keySet()).isEqualTo(first.keySet()).isEqualTo(other.keySet());
        first.forEach((name, bytes) -> {
            assertThat(again.get(name)).as(name).isEqualTo(bytes);
            if (name.endsWith(".safetensors")) {
                assertThat(other.get(name)).as(name).hasSameSizeAs(bytes).isNotEqualTo(bytes);
            }
        });
    }

    @Test
    void theTinyPresetHasEveryMechanismAndFifteenMegabytes() {
        V4Plan plan = V4Plan.of(preset("tiny", PLAIN).config());
        assertThat(plan.fileBytes()).isBetween(14_000_000L, 16_000_000L);
        assertThat(plan.config().compressRatios()).containsExactly(0, 0, 4, 128, 4, 128);
        assertThat(plan.config().numHashLayers()).isPositive();
    }

    /** Expected values: performance.md 2. */
    @Test
    void theMiniPresetIsTheMeasuredModel() {
        V4Plan plan = V4Plan.of(preset("mini", PLAIN).config());
        assertThat(plan.parameters() / 1e9).isBetween(2.915, 2.925);
        assertThat(plan.activeParameters() / 1e9).isBetween(0.655, 0.665);
        assertThat(plan.config().compressRatios()).containsExactly(0, 0, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128);
    }

    @Test
    void layeredPresetsHaveTheTrueWidths() {
        SyntheticConfig flash = preset("flash-layers=4", PLAIN);
        assertThat(flash.config().hiddenSize()).isEqualTo(4096);
        assertThat(flash.config().nRoutedExperts()).isEqualTo(256);
        assertThat(flash.config().compressRatios()).containsExactly(0, 0, 4, 128);
        SyntheticConfig pro = preset("pro-layers=2", new SyntheticConfig.Choices(null, DType.F8_E8M0, true));
        assertThat(pro.config().hiddenSize()).isEqualTo(7168);
        assertThat(pro.config().numHashLayers()).isEqualTo(2);
        assertThat(pro.config().compressRatios()).containsExactly(128, 128, 0);
        assertThat(pro.config().numNextnPredictLayers()).isOne();
    }

    @Test
    void wholePresetsAreTheReleases() {
        SyntheticConfig.Choices mtp = new SyntheticConfig.Choices(null, DType.F8_E8M0, true);
        assertThat(new SyntheticCheckpoint(preset("flash-layers=43", mtp), 0, false)
                        .inventory()
                        .fileBytes())
                .isEqualTo(159_617_149_040L);
        assertThat(new SyntheticCheckpoint(preset("pro-layers=61", mtp), 0, false)
                        .inventory()
                        .fileBytes())
                .isEqualTo(864_721_029_744L);
    }

    @Test
    void refusesUnknownPresets() {
        assertThatThrownBy(() -> SyntheticConfig.preset("small"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected tiny, mini, flash-layers=N or pro-layers=N but was \"small\"");
        assertThatThrownBy(() -> SyntheticConfig.preset("flash-layers=44"))
                .hasMessage("the model has 1 to 43 layers, not 44");
        assertThatThrownBy(() -> SyntheticConfig.preset("pro-layers=0"))
                .hasMessage("the model has 1 to 61 layers, not 0");
    }

    @ParameterizedTest
    @EnumSource
    void modelsBehaveSanely(NumericsMode mode) {
        Path model = write("sane", PLAIN, 1, false);
        requireInventoryOnDisk(model, PLAIN, false);
        float[] logits = logits(model, mode, IDS);
        for (int position : new int[] {0, 1, 63, 127, 128, 139}) {
            assertSane(Arrays.copyOfRange(logits, position * 2048, (position + 1) * 2048));
        }
    }

    @Test
    void neitherScaleFormatNorFilesChangeTheModel() {
        int[] ids = Arrays.copyOf(IDS, 12);
        SyntheticConfig.Choices f32 = new SyntheticConfig.Choices(null, DType.F32, false);
        Path plain = write("plain", PLAIN, 1, false);
        Path floats = write("floats", f32, 1, false);
        Path single = write("single", PLAIN, 1, true);
        requireInventoryOnDisk(floats, f32, false);
        requireInventoryOnDisk(single, PLAIN, true);
        float[] logits = logits(plain, NumericsMode.QAT, ids);
        assertSane(logits);
        assertThat(logits(floats, NumericsMode.QAT, ids)).isEqualTo(logits);
        assertThat(logits(single, NumericsMode.QAT, ids)).isEqualTo(logits);
    }

    @Test
    void fp8ExpertsAndDraftBlockRun() {
        int[] ids = Arrays.copyOf(IDS, 12);
        SyntheticConfig.Choices choices = new SyntheticConfig.Choices(ExpertDtype.FP8, DType.F8_E8M0, true);
        Path model = write("fp8", choices, 1, false);
        requireInventoryOnDisk(model, choices, false);
        try (DeepSeek deepSeek = DeepSeek.open(model, options(NumericsMode.QAT))) {
            Batch batch = new Batch().add(deepSeek.model().newState(), ids, 0, ids.length, Batch.Wanted.ALL);
            Logits logits = new Logits(ids.length, 2048);
            Logits drafts = new Logits(ids.length, 2048);
            int[] next = Arrays.copyOfRange(ids, 1, ids.length);
            deepSeek.model().forwardWithDrafts(batch, logits, next, drafts);
            assertSane(logits.values());
            assertSane(Arrays.copyOf(drafts.values(), next.length * 2048));
        }
    }

    @Test
    void hashLayersRouteToDifferentExpertsEvenly() {
        try (Checkpoint checkpoint = Checkpoint.open(DirectoryFiles.open(write("hash", PLAIN, 1, false)))) {
            Tensor table = Objects.requireNonNull(checkpoint.tensors().get("layers.0.ffn.gate.tid2eid"));
            long[] experts = table.data().toArray(ValueLayout.JAVA_LONG_UNALIGNED);
            int[] counts = new int[12];
            for (int row = 0; row < 2048; row++) {
                assertThat(experts[2 * row]).isNotEqualTo(experts[2 * row + 1]);
                counts[(int) experts[2 * row]]++;
                counts[(int) experts[2 * row + 1]]++;
            }
            // 4096 draws over 12 experts: 341, standard deviation 17.
            assertThat(IntStream.of(counts)).allMatch(count -> count > 256 && count < 426);
        }
    }

    @Test
    void refusesADirectoryThatIsNotEmpty() throws IOException {
        Files.writeString(directory.resolve("notes.txt"), "mine");
        SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(preset("tiny", PLAIN), 1, false);
        assertThatThrownBy(() -> checkpoint.write(directory, done -> {}))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(directory + ": is not empty. Name a new directory, or empty this one");
        assertThat(directory).isDirectoryContaining("glob:**/notes.txt");
    }

    @Test
    void takesBackWhatItWroteWhenItFails() {
        Path model = directory.resolve("broken");
        SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(preset("tiny", PLAIN), 1, false);
        assertThatThrownBy(() -> checkpoint.write(model, done -> {
                    if (done > 3_000_000) {
                        throw new IllegalStateException("enough");
                    }
                }))
                .hasMessage("enough");
        assertThat(model).isEmptyDirectory();
    }

    private static SyntheticConfig preset(String name, SyntheticConfig.Choices choices) {
        return SyntheticConfig.of(SyntheticConfig.preset(name), "config.json", choices);
    }

    private Path write(String name, SyntheticConfig.Choices choices, long seed, boolean singleFile) {
        Path model = directory.resolve(name);
        new SyntheticCheckpoint(preset("tiny", choices), seed, singleFile).write(model, done -> {});
        return model;
    }

    private static void requireInventoryOnDisk(Path model, SyntheticConfig.Choices choices, boolean singleFile) {
        try (Checkpoint checkpoint = Checkpoint.open(DirectoryFiles.open(model))) {
            SyntheticCheckpoint expected = new SyntheticCheckpoint(preset("tiny", choices), 0, singleFile);
            assertThat(checkpoint.tensors().values().stream().map(Tensor::spec))
                    .containsExactlyElementsOf(expected.inventory().tensors());
            assertThat(checkpoint.totalBytes()).isEqualTo(expected.inventory().fileBytes());
            assertThat(checkpoint.shards())
                    .hasSize(expected.inventory().shards().size());
        }
    }

    private static float[] logits(Path model, NumericsMode mode, int[] ids) {
        try (DeepSeek deepSeek = DeepSeek.open(model, options(mode))) {
            Logits logits = new Logits(ids.length, 2048);
            deepSeek.model()
                    .forward(
                            new Batch().add(deepSeek.model().newState(), ids, 0, ids.length, Batch.Wanted.ALL), logits);
            return logits.values();
        }
    }

    private static OpenOptions options(NumericsMode mode) {
        return OpenOptions.defaults().withNumerics(mode).withBatchRows(IDS.length);
    }

    private static void assertSane(float[] logits) {
        double squares = 0;
        for (float logit : logits) {
            squares += (double) logit * logit;
        }
        // Not a number fails here too.
        assertThat(Math.sqrt(squares / logits.length)).isBetween(0.1, 10.0);
    }

    private static Map<String, byte[]> files(Path model) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> content = Files.list(model)) {
            for (Path file : content.toList()) {
                files.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
            }
        }
        return files;
    }
}
