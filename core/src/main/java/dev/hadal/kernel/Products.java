package dev.hadal.kernel;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Products of the same input rows with several matrices, in one loop: a loop has a beginning and an end, at which
 * threads wait for each other and memory for both. Owned by one part of a model; allocates only for a number of rows that
 * has not come lately.
 */
public final class Products implements WorkerPool.Task {
    /** Numbers of rows whose cuts are kept. */
    private static final int CUTS = 8;

    private static final Rows NONE = Rows.allocate(0, 0);
    private static final Cut NO_CUT = new Cut(-1, 0, false, new Tiling[0], new int[1]);

    private final Linear[] matrices;
    private final Rows[] outputs;
    /** For the latest numbers of rows: chunks of a prompt and single tokens come in turn. */
    private final Cut[] cuts = new Cut[CUTS];

    private int oldest;
    private Cut cut = NO_CUT;
    private Rows inputs = NONE;
    private @Nullable RaisedRows raised;
    private Compute.Worker[] workers = {};

    /** How a number of rows is shared out; {@code firstItem} has each matrix' first item, and the end behind the last. */
    private record Cut(int rows, int threads, boolean pairs, Tiling[] tilings, int[] firstItem) {}

    /** Products with these matrices. */
    public Products(List<Linear> matrices) {
        this.matrices = matrices.toArray(Linear[]::new);
        this.outputs = new Rows[this.matrices.length];
        Arrays.fill(outputs, NONE);
        Arrays.fill(cuts, NO_CUT);
    }

    /** Names the rows that receive the product with one of the matrices. */
    public Products to(int matrix, Rows y) {
        outputs[matrix] = y;
        return this;
    }

    /** Computes {@code y = W x} for the first {@code rows} rows and every matrix, shared out over the pool. */
    public void forward(Rows x, int rows, Compute compute) {
        cut = cut(rows, compute.threads(), compute.kernels().pairs() != null);
        inputs = x;
        workers = compute.workers();
        raised = anyTakesRaised(rows) ? compute.raise(x, 0, rows) : null;
        compute.pool().run(cut.firstItem[matrices.length], this);
    }

    private boolean anyTakesRaised(int rows) {
        for (Linear matrix : matrices) {
            if (matrix.takesRaised(rows)) {
                return true;
            }
        }
        return false;
    }

    private Cut cut(int rows, int threads, boolean pairs) {
        for (Cut known : cuts) {
            if (known.rows == rows && known.threads == threads && known.pairs == pairs) {
                return known;
            }
        }
        Tiling[] tilings = new Tiling[matrices.length];
        int[] firstItem = new int[matrices.length + 1];
        for (int i = 0; i < matrices.length; i++) {
            tilings[i] = matrices[i].tiling(rows, Math.ceilDiv(threads, matrices.length), pairs);
            firstItem[i + 1] = firstItem[i] + tilings[i].pieces();
        }
        Cut made = new Cut(rows, threads, pairs, tilings, firstItem);
        cuts[oldest] = made;
        oldest = (oldest + 1) % CUTS;
        return made;
    }

    @Override
    public void run(int item, int worker) {
        int i = 0;
        while (item >= cut.firstItem[i + 1]) {
            i++;
        }
        Piece piece = cut.tilings[i].piece(
                item - cut.firstItem[i], workers[worker].workspace().piece());
        RaisedRows x = raised;
        if (x != null && matrices[i].takesRaised(piece.rows())) {
            matrices[i].forward(piece, x, outputs[i], workers[worker]);
        } else {
            matrices[i].forward(piece, inputs, null, outputs[i], workers[worker]);
        }
    }
}
