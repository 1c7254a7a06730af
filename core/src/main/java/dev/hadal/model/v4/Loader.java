package dev.hadal.model.v4;

import dev.hadal.kernel.Linear;
import dev.hadal.kernel.Slab;
import dev.hadal.kernel.WorkerPool;
import dev.hadal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/** Turns stored tensors into what computes with them, and remembers the matrices so that they can be packed together. */
final class Loader {
    private final V4Config config;
    private final List<Pair> matrices = new ArrayList<>();

    /**
     * Matrices that are packed together.
     *
     * @param left one of them
     * @param right the other, if there is one
     */
    record Pair(Linear left, @Nullable Linear right) {
        long storedBytes() {
            return left.storedBytes() + (right == null ? 0 : right.storedBytes());
        }

        long packedBytes() {
            return left.packedBytes() + (right == null ? 0 : right.packedBytes());
        }

        long packedInts() {
            return left.packedInts() + (right == null ? 0 : right.packedInts());
        }

        void pack(Slab slab, WorkerPool pool) {
            if (right == null) {
                left.pack(slab, pool);
            } else {
                left.packWith(right, slab, pool);
            }
        }

        void release() {
            left.release();
            if (right != null) {
                right.release();
            }
        }
    }

    Loader(V4Config config) {
        this.config = config;
    }

    /** A matrix where it is mapped. */
    Linear linear(V4Weights.Matrix matrix) {
        return remember(new Linear(matrix.weight(), matrix.scale()));
    }

    /** Two matrices of which products take a panel each in turn. */
    Pair pair(V4Weights.Matrix left, V4Weights.Matrix right) {
        Pair pair = new Pair(new Linear(left.weight(), left.scale()), new Linear(right.weight(), right.scale()));
        matrices.add(pair);
        return pair;
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
        matrices.add(new Pair(linear, null));
        return linear;
    }

    /** Copies all matrices into memory in the order the kernels read them, telling which share is done. */
    void pack(WorkerPool pool, DoubleConsumer progress) {
        double total = matrices.stream().mapToLong(Pair::storedBytes).sum();
        long done = 0;
        for (List<Pair> neighbours : Slab.cut(matrices, Pair::packedInts)) {
            Slab slab = new Slab(neighbours.stream().mapToLong(Pair::packedInts).sum());
            for (Pair matrix : neighbours) {
                progress.accept(done / total);
                matrix.pack(slab, pool);
                done += matrix.storedBytes();
            }
            neighbours.forEach(Pair::release);
        }
        // Again, for what was mapped while others were read.
        matrices.forEach(Pair::release);
        progress.accept(1);
    }

    /** Memory of the packed matrices in bytes. */
    long packedBytes() {
        return matrices.stream().mapToLong(Pair::packedBytes).sum();
    }
}
