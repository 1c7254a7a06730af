package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.checkpoint.SafetensorsWriter;
import dev.hadal.tensor.DType;
import dev.hadal.tensor.Tensor;
import dev.hadal.tensor.TensorSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Expected values: architecture.md 6.1, 6.2 and the files of real checkpoints. */
class V4InventoryTest {
    private static final String METADATA = "\"__metadata__\":{\"format\":\"pt\"},";

    private static final V4Inventory FLASH = V4Inventory.of(OfficialConfigs.flash());
    private static final V4Inventory PRO = V4Inventory.of(OfficialConfigs.pro());

    @Test
    void listsTheTensorsOfFlash() {
        assertThat(FLASH.tensors()).hasSize(69_187);
        assertThat(withoutMtp(FLASH)).isEqualTo(67_612);
        assertThat(FLASH.shards()).hasSize(46);
        assertThat(FLASH.tensorBytes()).isEqualTo(159_609_485_896L);
        assertThat(FLASH.fileBytes()).isEqualTo(159_617_149_040L);
        assertThat(FLASH.shards().getLast().file()).isEqualTo("model-00046-of-00046.safetensors");
    }

    @Test
    void listsTheTensorsOfPro() {
        assertThat(PRO.tensors()).hasSize(145_116);
        assertThat(withoutMtp(PRO)).isEqualTo(142_773);
        assertThat(PRO.shards()).hasSize(64);
        assertThat(PRO.tensorBytes()).isEqualTo(864_704_792_696L);
        assertThat(PRO.fileBytes()).isEqualTo(864_721_029_744L);
    }

    @Test
    void knowsShapesAndFormatsOfTheRelease() {
        Map<String, TensorSpec> flash = byName(FLASH);
        Map<String, TensorSpec> pro = byName(PRO);
        for (TensorSpec expected : List.of(
                TensorSpec.of("hc_head_fn", DType.F32, 4, 16_384),
                TensorSpec.of("layers.0.ffn.gate.tid2eid", DType.I64, 129_280, 6),
                TensorSpec.of("layers.2.attn.compressor.ape", DType.F32, 4, 1024),
                TensorSpec.of("layers.2.attn.indexer.wq_b.scale", DType.F8_E8M0, 64, 8),
                TensorSpec.of("layers.3.attn.compressor.wgate.weight", DType.BF16, 512, 4096),
                TensorSpec.of("layers.3.ffn.gate.bias", DType.F32, 256),
                TensorSpec.of("layers.42.ffn.experts.255.w2.weight", DType.I8, 4096, 1024),
                TensorSpec.of("mtp.0.h_proj.scale", DType.F8_E8M0, 32, 32))) {
            assertThat(flash).containsEntry(expected.name(), expected);
        }
        for (TensorSpec expected : List.of(
                TensorSpec.of("layers.0.attn.compressor.ape", DType.F32, 128, 512),
                TensorSpec.of("layers.60.attn.wo_a.weight", DType.F8_E4M3, 16_384, 4096),
                TensorSpec.of("layers.60.ffn.experts.383.w1.scale", DType.F8_E8M0, 3072, 224),
                TensorSpec.of("layers.60.ffn.shared_experts.w2.scale", DType.F8_E8M0, 56, 24))) {
            assertThat(pro).containsEntry(expected.name(), expected);
        }
    }

    @Test
    void listsABaseModelWithFp8ExpertsAndF32Scales() {
        V4Inventory inventory =
                V4Inventory.of(OfficialConfigs.flash(), new V4Inventory.Options(ExpertDtype.FP8, DType.F32, false));
        assertThat(inventory.tensors()).hasSize(67_612).noneMatch(spec -> spec.dtype() == DType.F8_E8M0);
        assertThat(byName(inventory))
                .containsEntry(
                        "layers.5.ffn.experts.7.w1.weight",
                        TensorSpec.of("layers.5.ffn.experts.7.w1.weight", DType.F8_E4M3, 2048, 4096))
                .containsEntry(
                        "layers.5.ffn.experts.7.w1.scale",
                        TensorSpec.of("layers.5.ffn.experts.7.w1.scale", DType.F32, 16, 32));
    }

    /** Expected order: architecture.md 6.2. */
    @Test
    void listsTheSameTensorsInOneFile() {
        V4Inventory single = FLASH.inOneFile();
        assertThat(single.shards()).hasSize(1);
        assertThat(single.shards().getFirst().file()).isEqualTo("model.safetensors");
        assertThat(byName(single)).isEqualTo(byName(FLASH));
        assertThat(single.tensors().stream().map(TensorSpec::dtype).distinct())
                .containsExactly(DType.I64, DType.F32, DType.BF16, DType.F8_E8M0, DType.F8_E4M3, DType.I8);
        assertThat(single.tensorBytes()).isEqualTo(FLASH.tensorBytes());
    }

    @Test
    void leavesTheUnknownTensorsOfDsparkOut() {
        String json = OfficialConfigs.json("flash").replace(", 4, 0]", ", 4, 0, 0, 0]");
        assertThat(V4Inventory.of(OfficialConfigs.parse(json)).tensors()).hasSize(67_612);
    }

    @ParameterizedTest
    @ValueSource(strings = {"flash", "pro", "nano"})
    void listsExactlyWhatARealCheckpointHolds(String name) {
        try (Checkpoint checkpoint = GoldenCheckpoint.open(name)) {
            V4Inventory inventory = V4Inventory.of(GoldenCheckpoint.config(checkpoint));
            assertThat(inventory.tensors())
                    .containsExactlyInAnyOrderElementsOf(checkpoint.tensors().values().stream()
                            .map(Tensor::spec)
                            .toList());
            assertThat(inventory.tensorBytes()).isEqualTo(checkpoint.tensorBytes());
        }
    }

    /** The recorded files differ from the release by carrying a metadata entry. */
    @ParameterizedTest
    @ValueSource(strings = {"flash", "pro"})
    void predictsTheHeaderOfEveryFile(String name) throws IOException {
        Path directory = GoldenCheckpoint.directory(name);
        V4Config config = V4Config.parse(Files.readAllBytes(directory.resolve("config.json")), "config.json");
        for (V4Inventory.Shard shard : V4Inventory.of(config).shards()) {
            String predicted = text(SafetensorsWriter.header(shard.tensors()));
            String recorded = text(Files.readAllBytes(directory.resolve(shard.file())));
            String header = predicted.substring(8).stripTrailing();
            assertThat(recorded.substring(8).replace(METADATA, "")).startsWith(header);
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static long withoutMtp(V4Inventory inventory) {
        return inventory.tensors().stream()
                .filter(spec -> !spec.name().startsWith("mtp."))
                .count();
    }

    private static Map<String, TensorSpec> byName(V4Inventory inventory) {
        return inventory.tensors().stream().collect(Collectors.toMap(TensorSpec::name, Function.identity()));
    }
}
