package dev.hadal.model.v4;

import dev.hadal.kernel.Compute;
import dev.hadal.kernel.IntegerRows;
import dev.hadal.kernel.Kernels;
import dev.hadal.kernel.Linear;
import dev.hadal.kernel.Panel;
import dev.hadal.kernel.Piece;
import dev.hadal.kernel.RaisedRows;
import dev.hadal.kernel.Rows;
import dev.hadal.kernel.Tile;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Mixture of experts (architecture.md 5). Each expert computes all its rows at once, so a chunk reads each expert once;
 * a row still adds its experts in ascending order, the shared one last, whoever else is in the batch.
 */
final class Moe {
    /** Below so many rows, a piece has few panels: there are not many of them, and no inputs to copy together. */
    private static final int FEW_ROWS = 16;
    /** Inputs that the panels of such a piece have together at least: it should take longer than being handed out. */
    private static final int FEW_ROWS_INPUTS = 2048;
    /** Up to so many rows are rounded by the caller. */
    private static final int ROUNDED_ALONE = 4;
    /** With so many experts for each thread, their pieces may be large. */
    private static final int MANY_EXPERTS = 16;

    private final V4Config config;
    private final Router router;
    /** The routed experts, then the shared one. */
    private final List<Expert> experts = new ArrayList<>();

    /** Whether the routed experts are. */
    private final boolean fp4;

    /** Inputs of the shared expert in the loop that runs; absent if it takes them as they are. */
    private @Nullable RaisedRows raised;

    private final int upPanels;
    private final int downPanels;

    /** One gated feed-forward network: {@code w2 (silu(w1 x) * w3 x)}. */
    private record Expert(Linear w1, Linear w2, Linear w3) {
        static Expert of(V4Weights.Expert weights, Loader loader) {
            Loader.Pair up = loader.pair(weights.w1(), weights.w3());
            return new Expert(up.left(), loader.linear(weights.w2()), Objects.requireNonNull(up.right()));
        }
    }

    Moe(V4Config config, V4Weights.Moe weights, Loader loader) {
        this.config = config;
        this.router = new Router(config, weights, loader);
        weights.experts().forEach(expert -> experts.add(Expert.of(expert, loader)));
        this.fp4 = experts.getFirst().w1().takesIntegers();
        experts.add(Expert.of(weights.sharedExperts(), loader));
        this.upPanels = experts.getFirst().w1().panels();
        this.downPanels = experts.getFirst().w2().panels();
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
        if (integers(pass)) {
            round(pass, pass.rows(), x, Moe::roundInput);
        }
        Expert shared = experts.getLast();
        boolean raises = shared.w1.takesRaised(pass.rows()) && shared.w3.takesRaised(pass.rows());
        raised = raises ? pass.compute().raise(x, 0, pass.rows()) : null;
        pass.loop(cut(pass, upPanels, 2), this, x, Moe::up);
        if (integers(pass)) {
            round(pass, routes.firstSlot[config.nRoutedExperts()], x, Moe::roundGate);
        }
        int firstShared = routes.firstSlot[config.nRoutedExperts()];
        raised = shared.w2.takesRaised(pass.rows())
                ? pass.compute().raise(pass.scratch().expertGate, firstShared, pass.rows())
                : null;
        pass.loop(cut(pass, downPanels, 1), this, routes, Moe::down);
        pass.loop(pass.rows(), this, out, Moe::sum);
    }

    /** Whether inputs of routed experts are rounded to integers. */
    private boolean integers(Pass pass) {
        return fp4 && pass.numerics().integerInputs();
    }

    private boolean integers(Pass pass, int expert) {
        return expert < config.nRoutedExperts() && integers(pass);
    }

    /** A few rows are rounded before other threads would have heard of it. */
    private void round(Pass pass, int count, Rows x, Loop.Body<Moe, Rows> body) {
        if (pass.rows() > ROUNDED_ALONE) {
            pass.loop(count, this, x, body);
            return;
        }
        for (int i = 0; i < count; i++) {
            body.run(this, pass, x, i, 0);
        }
    }

    private void roundInput(Pass pass, Rows x, int row, int worker) {
        pass.compute().kernels().toIntegers(x.data(), x.at(row), pass.scratch().integerHidden, row);
    }

    private void roundGate(Pass pass, Rows x, int slot, int worker) {
        Rows gate = pass.scratch().expertGate;
        pass.compute().kernels().toIntegers(gate.data(), gate.at(slot), pass.scratch().integerGate, slot);
    }

    /** How the products with matrices of all experts are cut. */
    private int cut(Pass pass, int panels, int matrices) {
        Routes routes = pass.scratch().routes;
        int items = 0;
        for (int i = 0; i < routes.activeCount; i++) {
            routes.firstItem[i] = items;
            items += Math.ceilDiv(panels, each(pass, routes.active[i], matrices));
        }
        routes.firstItem[routes.activeCount] = items;
        return items;
    }

    /** Panels of a piece: never more than a tile takes, and as many as that if there are experts enough for all threads. */
    private int each(Pass pass, int expert, int matrices) {
        if (pass.rows() < FEW_ROWS) {
            int inputs = matrices == 2 ? config.hiddenSize() : config.moeIntermediateSize();
            int most = Tile.panels(Tile.ROWS) / matrices;
            return Math.clamp(FEW_ROWS_INPUTS / (inputs * matrices), 1, most);
        }
        Routes routes = pass.scratch().routes;
        boolean many = routes.activeCount >= MANY_EXPERTS * pass.compute().threads();
        return Tile.panels(many ? routes.count(expert) : Tile.ROWS) / matrices;
    }

    private Piece piece(Pass pass, int active, int item, int panels, int matrices, Piece piece) {
        Routes routes = pass.scratch().routes;
        int expert = routes.active[active];
        int each = each(pass, expert, matrices);
        int first = (item - routes.firstItem[active]) * each;
        return piece.of(routes.firstSlot[expert], routes.count(expert), first, Math.min(each, panels - first));
    }

    /** From {@code x} to {@code expertGate}, pieces of all experts shared out at once. */
    private void up(Pass pass, Rows x, int item, int worker) {
        Routes routes = pass.scratch().routes;
        Compute.Worker on = pass.compute().on(worker);
        int active = routes.activeOf(item);
        Expert expert = experts.get(routes.active[active]);
        Piece piece = piece(pass, active, item, upPanels, 2, on.workspace().piece());
        Rows gate = pass.scratch().expertGate;
        Rows up = pass.scratch().expertUp;
        IntegerRows integers = pass.scratch().integerHidden;
        boolean rounded = integers(pass, routes.active[active]);
        Rows input = rounded ? integers.values() : x;
        RaisedRows shared = raised;
        if (shared != null && routes.active[active] == config.nRoutedExperts()) {
            expert.w1.forward(piece, shared, gate, on);
            expert.w3.forward(piece, shared, up, on);
            activate(pass, piece, piece.columns(expert.w1.outputs()), on);
        } else if (rounded && expert.w1.integersOverCodes(integers, on.kernels())) {
            expert.w1.forward(piece, integers, routes.slotRows, gate, on);
            expert.w3.forward(piece, integers, routes.slotRows, up, on);
            activate(pass, piece, piece.columns(expert.w1.outputs()), on);
        } else if (expert.w1.overCodes(piece.rows())) {
            expert.w1.forward(piece, input, routes.slotRows, gate, on);
            expert.w3.forward(piece, input, routes.slotRows, up, on);
            activate(pass, piece, piece.columns(expert.w1.outputs()), on);
        } else {
            upTiles(pass, input, expert, piece, on);
        }
    }

    private static void activate(Pass pass, Piece piece, int columns, Compute.Worker on) {
        Routes routes = pass.scratch().routes;
        Rows gate = pass.scratch().expertGate;
        Rows up = pass.scratch().expertUp;
        for (int slot = piece.firstRow(); slot < piece.endRow(); slot++) {
            int g = gate.at(slot, piece.firstColumn());
            int u = up.at(slot, piece.firstColumn());
            on.kernels().swiglu(gate.data(), g, up.data(), u, columns, routes.clamp(slot, on.index()));
            pass.numerics().round(RoundingPoint.EXPERT, gate.data(), g, columns);
        }
    }

    private void upTiles(Pass pass, Rows x, Expert expert, Piece piece, Compute.Worker on) {
        Routes routes = pass.scratch().routes;
        int columns = piece.columns(expert.w1.outputs());
        for (int slot = piece.firstRow(); slot < piece.endRow(); slot += Tile.ROWS) {
            int rows = Math.min(Tile.ROWS, piece.endRow() - slot);
            Tile tile = on.workspace().tile().over(x, routes.slotRows, slot, rows);
            tile.multiply(expert.w1, expert.w3, piece, on);
            for (int i = 0; i < rows; i++) {
                activate(pass, tile, i, piece.panels() * Panel.LANES, columns, routes.clamp(slot + i, on.index()));
            }
            tile.copyTo(pass.scratch().expertGate, slot, piece.firstColumn(), columns);
        }
    }

    /** Columns of the gate and of the other branch, as far as both lie side by side. */
    private static void activate(Pass pass, Tile tile, int row, int firstUp, int columns, Kernels.Clamp clamp) {
        for (int from = 0; from < columns; ) {
            int gate = tile.at(row, from);
            int up = tile.at(row, firstUp + from);
            int together = Tile.COLUMNS - Math.max(from % Tile.COLUMNS, (firstUp + from) % Tile.COLUMNS);
            int length = Math.min(together, columns - from);
            pass.compute().kernels().swiglu(tile.data(), gate, tile.data(), up, length, clamp);
            pass.numerics().round(RoundingPoint.EXPERT, tile.data(), gate, length);
            from += length;
        }
    }

    /** From {@code expertGate} to {@code expertOutput}. */
    private void down(Pass pass, Routes routes, int item, int worker) {
        Compute.Worker on = pass.compute().on(worker);
        int active = routes.activeOf(item);
        Expert expert = experts.get(routes.active[active]);
        Piece piece = piece(pass, active, item, downPanels, 1, on.workspace().piece());
        Scratch scratch = pass.scratch();
        RaisedRows shared = raised;
        if (shared != null && routes.active[active] == config.nRoutedExperts()) {
            expert.w2.forward(piece, shared, scratch.expertOutput, on);
        } else if (integers(pass, routes.active[active])) {
            expert.w2.forward(piece, scratch.integerGate, null, scratch.expertOutput, on);
        } else {
            expert.w2.forward(piece, scratch.expertGate, null, scratch.expertOutput, on);
        }
    }

    /** Adds the experts of each row. */
    private void sum(Pass pass, Rows out, int row, int worker) {
        Routes routes = pass.scratch().routes;
        Rows expert = pass.scratch().expertOutput;
        int choices = config.numExpertsPerTok() + 1;
        int dim = config.hiddenSize();
        int to = out.at(row);
        System.arraycopy(expert.data(), expert.at(routes.slots[row * choices]), out.data(), to, dim);
        for (int choice = 1; choice < choices; choice++) {
            int from = expert.at(routes.slots[row * choices + choice]);
            pass.compute().kernels().add(out.data(), to, expert.data(), from, dim);
        }
        pass.numerics().round(RoundingPoint.EXPERT, out.data(), to, dim);
    }
}
