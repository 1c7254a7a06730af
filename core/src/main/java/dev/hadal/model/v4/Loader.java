package dev.hadal.model.v4;

import dev.hadal.kernel.Linear;
import dev.hadal.kernel.WorkerPool;
import dev.hadal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;

/** Turns stored tensors into what computes with them, and remembers the matrices so that they can be packed together. */
final class Loader {
    private final V4Config config;
    private final List<Linear> matrices = new ArrayList<>();

    Loader(V4Config config) {
        this.config = config;
    }

    /** A matrix where it is mapped. */
    Linear linear(V4Weights.Matrix matrix) {
        return remember(new Linear(matrix.weight(), matrix.scale()));
    }

    /** A matrix without scales where it is mapped. */
    Linear linear(Tensor weight) {
        return remember(new Linear(weight, null));
    }

    /** The output matrices of the groups of heads: each reads its group's values and writes its rank. */
    List<Linear> groups(V4Weights.Matrix woA) {
        Linear whole = new Linear(woA.weight(), woA.scale());
        int rank = config.oLoraRank();
        int width = config.numAttentionHeads() / config.oGroups() * config.headDim();
        List<Linear> groups = new ArrayList<>();
        for (int g = 0; g < config.oGroups(); g++) {
            groups.add(remember(whole.part(g * rank, rank, g * width, g * rank)));
        }
        return groups;
    }

    /** A norm. */
    RmsNorm norm(Tensor weight) {
        return new RmsNorm(weight.floats(), config.rmsNormEps());
    }

    private Linear remember(Linear linear) {
        matrices.add(linear);
        return linear;
    }

    /** Copies all matrices into memory in the order the kernels read them, telling which share is done. */
    void pack(WorkerPool pool, DoubleConsumer progress) {
        double total = matrices.stream().mapToLong(Linear::storedBytes).sum();
        long done = 0;
        for (Linear matrix : matrices) {
            progress.accept(done / total);
            matrix.pack(pool);
            done += matrix.storedBytes();
        }
        progress.accept(1);
    }

    /** Memory of the packed matrices in bytes. */
    long packedBytes() {
        return matrices.stream().mapToLong(Linear::packedBytes).sum();
    }
}
