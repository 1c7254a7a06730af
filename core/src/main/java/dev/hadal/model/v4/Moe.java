package dev.hadal.model.v4;

import dev.hadal.kernel.Kernels;
import dev.hadal.kernel.Linear;
import dev.hadal.kernel.Rows;
import java.util.ArrayList;
import java.util.List;

/**
 * Mixture of experts (architecture.md 5). Experts are taken one after the other, each with all its rows, so a chunk
 * reads each expert once; a row still adds its experts in ascending order, whoever else is in the batch.
 */
final class Moe {
    private final V4Config config;
    private final Router router;
    private final List<Expert> experts = new ArrayList<>();
    private final Expert shared;

    /** One gated feed-forward network: {@code w2 (silu(w1 x) * w3 x)}. */
    private record Expert(Linear w1, Linear w2, Linear w3) {
        static Expert of(V4Weights.Expert weights, Loader loader) {
            return new Expert(loader.linear(weights.w1()), loader.linear(weights.w2()), loader.linear(weights.w3()));
        }
    }

    Moe(V4Config config, V4Weights.Moe weights, Loader loader) {
        this.config = config;
        this.router = new Router(config, weights, loader);
        weights.experts().forEach(expert -> experts.add(Expert.of(expert, loader)));
        this.shared = Expert.of(weights.sharedExperts(), loader);
    }

    /**
     * Routes and computes.
     *
     * @param x [rows, d], normed
     * @param out [rows, d]
     */
    void forward(Pass pass, Rows x, Rows out) {
        Routes routes = pass.scratch().routes;
        router.forward(pass, x, routes);
        routes.arrange(pass.rows());
        gather(pass, x, routes);
        routed(pass, routes);
        shared(pass, x, out);
        sum(pass, routes, out);
    }

    private void gather(Pass pass, Rows x, Routes routes) {
        Rows gathered = pass.scratch().expertInput;
        int slots = pass.rows() * config.numExpertsPerTok();
        pass.compute()
                .pool()
                .run(
                        slots,
                        (slot, worker) -> System.arraycopy(
                                x.data(),
                                x.at(routes.slotRows[slot]),
                                gathered.data(),
                                gathered.at(slot),
                                config.hiddenSize()));
    }

    /** The routed experts, from {@code expertInput} to {@code expertOutput}, all pieces of all experts shared out at once. */
    private void routed(Pass pass, Routes routes) {
        Scratch scratch = pass.scratch();
        int up = experts.getFirst().w1().panels();
        pass.compute().pool().run(routes.activeCount * up * 2, (item, worker) -> {
            int e = routes.active[item / (2 * up)];
            boolean gate = item % (2 * up) < up;
            Linear linear = gate ? experts.get(e).w1() : experts.get(e).w3();
            Rows to = gate ? scratch.expertGate : scratch.expertUp;
            linear.forward(
                    item % up,
                    scratch.expertInput,
                    to,
                    routes.firstSlot[e],
                    routes.count(e),
                    pass.compute().on(worker));
        });
        int slots = pass.rows() * config.numExpertsPerTok();
        pass.compute().pool().run(slots, (slot, worker) -> activate(pass, slot, routes.slotWeights[slot]));
        int down = experts.getFirst().w2().panels();
        pass.compute().pool().run(routes.activeCount * down, (item, worker) -> {
            int e = routes.active[item / down];
            experts.get(e)
                    .w2()
                    .forward(
                            item % down,
                            scratch.expertGate,
                            scratch.expertOutput,
                            routes.firstSlot[e],
                            routes.count(e),
                            pass.compute().on(worker));
        });
    }

    /** Gates one row of {@code expertGate} with {@code expertUp}; the weight comes before w2 (architecture.md 5). */
    private void activate(Pass pass, int row, float weight) {
        Rows gate = pass.scratch().expertGate;
        int width = config.moeIntermediateSize();
        Kernels.Clamp clamp = new Kernels.Clamp(config.swigluLimit(), weight);
        pass.compute().kernels().swiglu(gate, pass.scratch().expertUp, row, width, clamp);
        pass.numerics().round(RoundingPoint.EXPERT, gate.data(), gate.at(row), width);
    }

    /** The shared expert, for all rows. */
    private void shared(Pass pass, Rows x, Rows out) {
        Scratch scratch = pass.scratch();
        shared.w1().forward(x, scratch.expertGate, pass.rows(), pass.compute());
        shared.w3().forward(x, scratch.expertUp, pass.rows(), pass.compute());
        pass.compute().pool().run(pass.rows(), (row, worker) -> activate(pass, row, 1f));
        shared.w2().forward(scratch.expertGate, out, pass.rows(), pass.compute());
    }

    /** Adds each row's routed experts, ascending, then the shared one, which stands in {@code out}. */
    private void sum(Pass pass, Routes routes, Rows out) {
        Rows expert = pass.scratch().expertOutput;
        int used = config.numExpertsPerTok();
        int dim = config.hiddenSize();
        pass.compute().pool().run(pass.rows(), (row, worker) -> {
            float[] total = expert.data();
            int first = expert.at(routes.slots[row * used]);
            for (int choice = 1; choice < used; choice++) {
                int next = expert.at(routes.slots[row * used + choice]);
                for (int i = 0; i < dim; i++) {
                    total[first + i] += expert.data()[next + i];
                }
            }
            int to = out.at(row);
            for (int i = 0; i < dim; i++) {
                out.data()[to + i] = total[first + i] + out.data()[to + i];
            }
            pass.numerics().round(RoundingPoint.EXPERT, out.data(), to, dim);
        });
    }
}
