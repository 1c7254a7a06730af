package dev.hadal.model.v4;

import dev.hadal.checkpoint.CheckpointException;
import dev.hadal.kernel.Compute;
import dev.hadal.kernel.Products;
import dev.hadal.kernel.Rows;
import dev.hadal.kernel.StateKernels;
import dev.hadal.kernel.TopK;
import dev.hadal.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the experts of a row and their weights (architecture.md 5). The first layers look the experts up by token id;
 * the others take the best scores, to which a bias is added for choosing only.
 */
final class Router {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Products gate;
    private final int experts;
    private final float @Nullable [] bias;
    private final int @Nullable [] expertsByToken;
    private final int used;
    private final float scale;

    Router(V4Config config, V4Weights.Moe weights, Loader loader) {
        this.gate = new Products(List.of(loader.linear(weights.gateWeight())));
        this.experts = config.nRoutedExperts();
        this.bias = weights.gateBias() == null ? null : weights.gateBias().floats();
        this.expertsByToken = weights.tid2eid() == null ? null : table(weights.tid2eid(), config.nRoutedExperts());
        this.used = config.numExpertsPerTok();
        this.scale = config.routedScalingFactor();
    }

    private static int[] table(Tensor tid2eid, int experts) {
        int[] table = new int[Math.toIntExact(tid2eid.elements())];
        for (int i = 0; i < table.length; i++) {
            long expert = tid2eid.data().get(LONG, (long) i * Long.BYTES);
            if (expert < 0 || expert >= experts) {
                throw new CheckpointException(
                        "tensor " + tid2eid.name(),
                        "value " + i + " names expert " + expert + ", but there are " + experts,
                        "The file is damaged: download it again");
            }
            table[i] = (int) expert;
        }
        return table;
    }

    /** Writes the experts of each row, ascending, and their weights to {@code routes}. */
    void forward(Pass pass, Rows x, Routes routes) {
        Rows scores = pass.scratch().gateScores;
        gate.to(0, scores).forward(x, pass.rows(), pass.compute());
        pass.loop(pass.rows(), this, routes, Router::route);
    }

    private void route(Pass pass, Routes routes, int row, int worker) {
        Rows scores = pass.scratch().gateScores;
        score(scores.data(), scores.at(row));
        int at = row * used;
        if (expertsByToken != null) {
            System.arraycopy(expertsByToken, pass.tokens()[row] * used, routes.experts, at, used);
            java.util.Arrays.sort(routes.experts, at, at + used);
        } else {
            choose(pass.compute().on(worker), scores.data(), scores.at(row), routes, at);
        }
        weigh(scores.data(), scores.at(row), routes, at);
    }

    /** The square root of softplus; exact enough in double precision that the rounding is the only error. */
    private void score(float[] z, int at) {
        for (int i = at; i < at + experts; i++) {
            // Beyond 40 the two agree in every bit of a double, and the exponential will overflow.
            double softplus = z[i] > 40 ? z[i] : StrictMath.log1p(StrictMath.exp(z[i]));
            z[i] = (float) Math.sqrt(softplus);
        }
    }

    private void choose(Compute.Worker worker, float[] scores, int scoresAt, Routes routes, int at) {
        float[] biased = routes.biased[worker.index()];
        for (int e = 0; e < biased.length; e++) {
            biased[e] = scores[scoresAt + e] + (bias == null ? 0f : bias[e]);
        }
        StateKernels kernels = worker.kernels().state();
        TopK best = routes.best[worker.index()].start(used);
        best.offer(kernels, biased, 0, biased.length, 0).finish(kernels, routes.experts, at);
    }

    private void weigh(float[] scores, int scoresAt, Routes routes, int at) {
        float sum = 0f;
        for (int i = at; i < at + used; i++) {
            sum += scores[scoresAt + routes.experts[i]];
        }
        for (int i = at; i < at + used; i++) {
            routes.weights[i] = scores[scoresAt + routes.experts[i]] / sum * scale;
        }
    }
}
