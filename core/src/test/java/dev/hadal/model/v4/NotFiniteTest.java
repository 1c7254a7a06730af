package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.kernel.Compute;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Kernels;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.NumericsMode;
import dev.hadal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Numbers that are none pass through to the logits of their own sequence, and stop nobody. */
class NotFiniteTest {
    private static final int POISON = 7;

    static Stream<Arguments> poisons() {
        return Stream.of(FastKernels.INSTANCE, KernelSelector.scalar())
                .flatMap(kernels -> Stream.of(Float.NaN, Float.POSITIVE_INFINITY, 3e38f)
                        .map(value -> Arguments.of(Named.of(kernels.name(), kernels), value)));
    }

    /** One token's embedding is spoilt: from there on everything of its sequence, but nothing of its neighbour's. */
    @ParameterizedTest
    @MethodSource("poisons")
    void spoilTheirOwnSequenceOnly(Kernels kernels, float value) {
        try (Golden golden = Golden.open("flash");
                DeepSeekV4 clean = golden.model(NumericsMode.QAT);
                DeepSeekV4 model = model(golden, kernels, spoilt(golden.weights, value))) {
            int vocabulary = golden.config.vocabSize();
            int[] healthy = Arrays.stream(golden.ids())
                    .filter(id -> id != POISON)
                    .limit(90)
                    .toArray();
            int[] ill = healthy.clone();
            ill[40] = POISON;
            Logits logits = new Logits(180, vocabulary);
            model.forward(
                    new Batch()
                            .add(model.newState(), ill, 0, 90, Batch.Wanted.ALL)
                            .add(model.newState(), healthy, 0, 90, Batch.Wanted.ALL),
                    logits);
            float[] expected = golden.logits(clean, healthy, 90);
            float[] values = logits.values();
            assertThat(Arrays.copyOf(values, 40 * vocabulary)).isEqualTo(Arrays.copyOf(expected, 40 * vocabulary));
            assertThat(values[40 * vocabulary]).isNaN();
            assertThat(Arrays.copyOfRange(values, 90 * vocabulary, 180 * vocabulary))
                    .isEqualTo(expected);
        }
    }

    /** A spoilt router gives every expert the score NaN, a spoilt head every token. */
    @ParameterizedTest
    @MethodSource("poisons")
    void inWeightsStopNothing(Kernels kernels, float value) {
        try (Golden golden = Golden.open("flash")) {
            V4Weights weights = golden.weights;
            V4Weights.Layer last = weights.layers().getLast();
            Tensor gate = last.ffn().gateWeight().weight();
            float[] spoilt = gate.floats();
            Arrays.fill(spoilt, value);
            V4Weights.Moe moe = new V4Weights.Moe(
                    new V4Weights.Matrix(Tensors.bf16(gate.name(), spoilt, gate.dim(0), gate.dim(1)), null),
                    last.ffn().gateBias(),
                    last.ffn().tid2eid(),
                    last.ffn().experts(),
                    last.ffn().sharedExperts());
            try (DeepSeekV4 model = model(golden, kernels, withLast(weights, moe))) {
                float[] logits = golden.logits(model, Arrays.copyOf(golden.ids(), 90), 60);
                assertThat(logits).hasSize(90 * golden.config.vocabSize());
                if (Float.isNaN(value)) {
                    assertThat(logits).containsOnly(Float.NaN);
                }
            }
        }
    }

    private static DeepSeekV4 model(Golden golden, Kernels kernels, V4Weights weights) {
        return new DeepSeekV4(
                golden.config,
                weights,
                new Compute(kernels, 1),
                new DeepSeekV4.Options(NumericsMode.QAT, 180, false, () -> "spoilt"));
    }

    private static V4Weights spoilt(V4Weights w, float value) {
        float[] embed = w.embed().floats();
        int dim = w.embed().dim(1);
        Arrays.fill(embed, POISON * dim, POISON * dim + 1, value);
        Tensor tensor = Tensors.bf16("embed.weight", embed, w.embed().dim(0), dim);
        return with(w, tensor, w.layers());
    }

    private static V4Weights withLast(V4Weights w, V4Weights.Moe ffn) {
        V4Weights.Layer last = w.layers().getLast();
        List<V4Weights.Layer> layers = new ArrayList<>(w.layers());
        layers.set(
                layers.size() - 1,
                new V4Weights.Layer(
                        last.hcAttnFn(),
                        last.hcAttnBase(),
                        last.hcAttnScale(),
                        last.attnNorm(),
                        last.attn(),
                        last.hcFfnFn(),
                        last.hcFfnBase(),
                        last.hcFfnScale(),
                        last.ffnNorm(),
                        ffn));
        return with(w, w.embed(), layers);
    }

    private static V4Weights with(V4Weights w, Tensor embed, List<V4Weights.Layer> layers) {
        return new V4Weights(
                embed,
                layers,
                w.norm(),
                w.head(),
                w.hcHeadFn(),
                w.hcHeadBase(),
                w.hcHeadScale(),
                w.mtp(),
                w.hasDspark(),
                w.notes());
    }
}
