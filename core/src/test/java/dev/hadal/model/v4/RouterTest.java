package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.checkpoint.CheckpointException;
import dev.hadal.kernel.Rows;
import dev.hadal.tensor.Formats;
import dev.hadal.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against architecture.md 5 in double precision. */
class RouterTest {
    private static final int EXPERTS = 9;
    private static final int USED = 3;
    private static final int[] TOKENS = {5, 0, 15, 7, 5, 1, 2, 3};

    private final V4Config config = new TinyModel()
            .set("n_routed_experts", String.valueOf(EXPERTS))
            .set("num_experts_per_tok", String.valueOf(USED))
            .config();
    private final int dim = config.hiddenSize();
    private final Random random = new Random(6);
    private final float[] gate = Tensors.gaussian(random, EXPERTS * dim, 0.2f);
    private final Rows x = new Rows(Tensors.gaussian(random, TOKENS.length * dim, 1f), dim);

    @Test
    void scoredLayersTakeTheBestScoresPlusBiasAndWeighWithoutIt() {
        float[] bias = Tensors.gaussian(random, EXPERTS, 2f);
        Routes routes = route(Tensors.f32("gate.bias", bias, EXPERTS), null, x);
        boolean biasDecides = false;
        for (int row = 0; row < TOKENS.length; row++) {
            double[] scores = scores(row);
            int[] expected = best(scores, bias);
            biasDecides |= !Arrays.equals(expected, best(scores, new float[EXPERTS]));
            check(routes, row, expected, scores);
        }
        assertThat(biasDecides).isTrue();
    }

    @Test
    void hashedLayersLookTheExpertsUpByTokenAndWeighByScore() {
        int[] table = new int[config.vocabSize() * USED];
        for (int token = 0; token < config.vocabSize(); token++) {
            for (int i = 0; i < USED; i++) {
                table[token * USED + i] = (token + 7 * (USED - i)) % EXPERTS;
            }
        }
        Routes routes = route(null, Tensors.i64("gate.tid2eid", table, config.vocabSize(), USED), x);
        for (int row = 0; row < TOKENS.length; row++) {
            int from = TOKENS[row] * USED;
            int[] expected = Arrays.stream(table, from, from + USED).sorted().toArray();
            check(routes, row, expected, scores(row));
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {30f, 1e4f, 1e9f})
    void hugeLogitsKeepTheirWeights(float size) {
        Rows huge = new Rows(x.data().clone(), dim);
        for (int i = 0; i < huge.data().length; i++) {
            huge.data()[i] *= size;
        }
        Routes routes = route(Tensors.f32("gate.bias", new float[EXPERTS], EXPERTS), null, huge);
        for (int row = 0; row < TOKENS.length; row++) {
            float sum = 0;
            for (int i = row * USED; i < (row + 1) * USED; i++) {
                sum += routes.weights[i];
            }
            assertThat(sum).isCloseTo(config.routedScalingFactor(), Offset.offset(1e-5f));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, EXPERTS})
    void refusesATableThatNamesNoExpert(int expert) {
        int[] table = new int[config.vocabSize() * USED];
        table[4] = expert;
        Tensor tid2eid = Tensors.i64("layers.0.ffn.gate.tid2eid", table, config.vocabSize(), USED);
        assertThatThrownBy(() -> route(null, tid2eid, x))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("layers.0.ffn.gate.tid2eid")
                .hasMessageContaining("value 4 names expert " + expert + ", but there are " + EXPERTS);
    }

    private Routes route(@Nullable Tensor bias, @Nullable Tensor tid2eid, Rows rows) {
        V4Weights.Matrix matrix = new V4Weights.Matrix(Tensors.bf16("gate.weight", gate, EXPERTS, dim), null);
        V4Weights.Expert none = new V4Weights.Expert(matrix, matrix, matrix);
        Router router =
                new Router(config, new V4Weights.Moe(matrix, bias, tid2eid, List.of(), none), new Loader(config));
        Pass pass = SinglePass.of(config, TOKENS);
        router.forward(pass, rows, pass.scratch().routes);
        return pass.scratch().routes;
    }

    private void check(Routes routes, int row, int[] experts, double[] scores) {
        int from = row * USED;
        assertThat(Arrays.copyOfRange(routes.experts, from, from + USED)).isEqualTo(experts);
        double sum = Arrays.stream(experts).mapToDouble(e -> scores[e]).sum();
        for (int i = 0; i < USED; i++) {
            double expected = scores[experts[i]] / sum * config.routedScalingFactor();
            assertThat((double) routes.weights[from + i]).isCloseTo(expected, Offset.offset(2e-6));
        }
    }

    private double[] scores(int row) {
        double[] scores = new double[EXPERTS];
        for (int e = 0; e < EXPERTS; e++) {
            double z = 0;
            for (int i = 0; i < dim; i++) {
                z += (double) Formats.roundBf16(gate[e * dim + i]) * x.data()[x.at(row, i)];
            }
            scores[e] = Math.sqrt(Math.log(1 + Math.exp(z)));
        }
        return scores;
    }

    private static int[] best(double[] scores, float[] bias) {
        return IntStream.range(0, EXPERTS)
                .boxed()
                .sorted(Comparator.comparingDouble(e -> -scores[e] - bias[e]))
                .limit(USED)
                .mapToInt(e -> e)
                .sorted()
                .toArray();
    }
}
