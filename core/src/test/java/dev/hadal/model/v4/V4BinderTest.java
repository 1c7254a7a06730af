package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.checkpoint.CheckpointException;
import dev.hadal.model.v4.V4Weights.Layer;
import dev.hadal.model.v4.V4Weights.Matrix;
import dev.hadal.tensor.DType;
import dev.hadal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class V4BinderTest {
    private static final String SHARD = "memory/model.safetensors: ";
    private static final String REMEDY = ". Check that config.json and the safetensors files are of the same model";

    private static void refuses(TinyModel model, String message) {
        assertThatThrownBy(model::bind).isInstanceOf(CheckpointException.class).hasMessage(message + REMEDY);
    }

    /** Every tensor that a binding reached, found by reflection. */
    private static List<String> reached(@Nullable Object node) {
        List<String> names = new ArrayList<>();
        switch (node) {
            case null -> {}
            case Tensor tensor -> names.add(tensor.name());
            case List<?> list -> list.forEach(element -> names.addAll(reached(element)));
            case Record branch -> {
                for (var component : branch.getClass().getRecordComponents()) {
                    try {
                        names.addAll(reached(component.getAccessor().invoke(branch)));
                    } catch (ReflectiveOperationException e) {
                        throw new LinkageError(e.getMessage(), e);
                    }
                }
            }
            default -> {}
        }
        return names;
    }

    @ParameterizedTest
    @ValueSource(strings = {"flash", "pro", "nano"})
    void givesEveryTensorOfARealCheckpointOnePlace(String name) {
        try (Checkpoint checkpoint = GoldenCheckpoint.open(name)) {
            V4Weights weights = V4Binder.bind(checkpoint, GoldenCheckpoint.config(checkpoint));
            assertThat(reached(weights))
                    .containsExactlyInAnyOrderElementsOf(checkpoint.tensors().keySet());
            assertThat(weights.hasClassicMtp()).isTrue();
            assertThat(weights.hasDspark()).isFalse();
            assertThat(weights.notes()).isEmpty();
        }
    }

    @Test
    void givesEachLayerKindItsParts() {
        V4Weights weights = new TinyModel().bind();
        Layer swa = weights.layers().get(0);
        Layer csa = weights.layers().get(1);
        Layer hca = weights.layers().get(2);
        assertThat(swa.attn().compressor()).isNull();
        assertThat(swa.attn().indexer()).isNull();
        assertThat(swa.ffn().tid2eid()).isNotNull();
        assertThat(swa.ffn().gateBias()).isNull();
        assertThat(csa.attn().compressor()).isNotNull();
        assertThat(csa.attn().indexer()).isNotNull();
        assertThat(csa.ffn().tid2eid()).isNull();
        assertThat(csa.ffn().gateBias()).isNotNull();
        assertThat(hca.attn().compressor()).isNotNull();
        assertThat(hca.attn().indexer()).isNull();
    }

    @Test
    void bindsComponentsByTheNamesOfTheirTensors() {
        V4Weights weights = new TinyModel().bind();
        Layer layer = weights.layers().get(1);
        assertThat(weights.embed().name()).isEqualTo("embed.weight");
        assertThat(weights.head().weight().name()).isEqualTo("head.weight");
        assertThat(layer.hcFfnScale().name()).isEqualTo("layers.1.hc_ffn_scale");
        assertThat(layer.attn().woA().weight().name()).isEqualTo("layers.1.attn.wo_a.weight");
        assertThat(layer.ffn().experts().get(2).w3().weight().name()).isEqualTo("layers.1.ffn.experts.2.w3.weight");
        Matrix w2 = layer.ffn().experts().get(0).w2();
        assertThat(w2.out()).isEqualTo(128);
        assertThat(w2.in()).isEqualTo(64);
        assertThat(w2.parameters()).isEqualTo(128 * 64);
        assertThat(w2.weight().shape()).containsExactly(128L, 32L);
    }

    @Test
    void refusesAMissingTensor() {
        refuses(
                new TinyModel().without("layers.1.attn.kv_norm.weight"),
                "memory: tensor layers.1.attn.kv_norm.weight, BF16 [128], is in no shard");
        refuses(
                new TinyModel().without("layers.2.attn.wkv.scale"),
                "memory: tensor layers.2.attn.wkv.scale, F8_E8M0 or F32 [1, 1], is in no shard");
        refuses(
                new TinyModel().without("mtp.0.h_proj.weight"),
                "memory: tensor mtp.0.h_proj.weight, F8_E4M3 [128, 128], is in no shard");
    }

    @Test
    void refusesASurplusTensor() {
        refuses(
                new TinyModel().with("layers.0.attn.wq_a.bias", DType.F32, 64),
                SHARD + "tensor layers.0.attn.wq_a.bias is not part of the model");
        refuses(
                new TinyModel()
                        .with("layers.3.attn_norm.weight", DType.BF16, 128)
                        .with("lm_head.weight", DType.BF16, 16, 128)
                        .with("vision.weight", DType.BF16, 1),
                SHARD + "tensor layers.3.attn_norm.weight is not part of the model, nor are 2 others");
        refuses(
                new TinyModel().with("mtp.0.attn.compressor.ape", DType.F32, 4, 256),
                SHARD + "tensor mtp.0.attn.compressor.ape is not part of the model");
    }

    @Test
    void refusesAMisshapenTensor() {
        refuses(
                new TinyModel().with("layers.1.attn.compressor.ape", DType.F32, 8, 256),
                SHARD + "tensor layers.1.attn.compressor.ape is F32 [8, 256] instead of F32 [4, 256]");
        refuses(
                new TinyModel().with("layers.0.ffn.experts.1.w1.scale", DType.F8_E8M0, 64, 2),
                SHARD + "tensor layers.0.ffn.experts.1.w1.scale is F8_E8M0 [64, 2] instead of F8_E8M0 or F32 [64, 4]");
        refuses(
                new TinyModel().with("norm.weight", DType.BF16, 1, 128),
                SHARD + "tensor norm.weight is BF16 [1, 128] instead of BF16 [128]");
    }

    @Test
    void refusesATensorOfAnotherFormat() {
        refuses(
                new TinyModel().with("layers.0.ffn.gate.weight", DType.F32, 3, 128),
                SHARD + "tensor layers.0.ffn.gate.weight is F32 [3, 128] instead of BF16 [3, 128]");
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F8_E8M0"})
    void acceptsScalesOfBothFormats(DType scales) {
        V4Weights weights = new TinyModel()
                .with(new V4Inventory.Options(ExpertDtype.FP4, scales, true))
                .bind();
        Tensor scale =
                Objects.requireNonNull(weights.layers().get(0).attn().wqA().scale());
        assertThat(scale.dtype()).isEqualTo(scales);
    }

    @Test
    void acceptsFp8ExpertsOfABaseModel() {
        var options = new V4Inventory.Options(ExpertDtype.FP8, DType.F32, true);
        V4Weights stated =
                new TinyModel().set("expert_dtype", "\"fp8\"").with(options).bind();
        V4Weights unstated =
                new TinyModel().set("expert_dtype", "null").with(options).bind();
        for (V4Weights weights : List.of(stated, unstated)) {
            Matrix w1 = weights.layers().get(2).ffn().experts().get(0).w1();
            assertThat(w1.weight().dtype()).isEqualTo(DType.F8_E4M3);
            assertThat(w1.in()).isEqualTo(128);
        }
    }

    @Test
    void takesPackedExpertsForFp4WhenTheConfigurationDoesNotSay() {
        V4Weights weights = new TinyModel().set("expert_dtype", "null").bind();
        assertThat(weights.layers().get(0).ffn().experts().get(0).w1().weight().dtype())
                .isEqualTo(DType.I8);
    }

    @Test
    void refusesExpertsOfAnotherFormatThanStated() {
        refuses(
                new TinyModel().set("expert_dtype", "\"fp8\""),
                SHARD + "tensor layers.0.ffn.experts.0.w1.weight is I8 [64, 64] instead of F8_E4M3 [64, 128]");
    }

    @Test
    void skipsADsparkDraftWithOneNote() {
        V4Weights weights = new TinyModel()
                .set("compress_ratios", "[0, 4, 128, 0, 0, 0]")
                .without("mtp.")
                .with("mtp.0.fc.weight", DType.BF16, 2, 3)
                .with("mtp.0.enorm.weight", DType.BF16, 128)
                .with("mtp.2.markov.weight", DType.F32, 1)
                .bind();
        assertThat(weights.hasClassicMtp()).isFalse();
        assertThat(weights.hasDspark()).isTrue();
        assertThat(weights.notes()).containsExactly("Skipped 3 tensors of the DSpark draft (mtp.*, 272 bytes)");
    }

    @Test
    void skipsADsparkDraftThatTheConfigurationDoesNotDeclare() {
        V4Weights weights = new TinyModel()
                .without("mtp.")
                .with("mtp.0.fc.weight", DType.BF16, 2, 3)
                .bind();
        assertThat(weights.hasDspark()).isTrue();
        assertThat(weights.notes()).containsExactly("Skipped 1 tensors of the DSpark draft (mtp.*, 12 bytes)");
    }

    @Test
    void bindsAClassicBlockBesideADsparkDraft() {
        V4Weights weights =
                new TinyModel().with("mtp.1.fc.weight", DType.BF16, 2, 3).bind();
        assertThat(weights.hasClassicMtp()).isTrue();
        assertThat(weights.hasDspark()).isTrue();
        assertThat(weights.notes()).containsExactly("Skipped 1 tensors of the DSpark draft (mtp.*, 12 bytes)");
    }

    @Test
    void notesThatThereIsNoDraft() {
        V4Weights weights = new TinyModel().without("mtp.").bind();
        assertThat(weights.hasClassicMtp()).isFalse();
        assertThat(weights.hasDspark()).isFalse();
        assertThat(weights.notes()).containsExactly("The checkpoint has no draft tensors (mtp.*)");
    }
}
