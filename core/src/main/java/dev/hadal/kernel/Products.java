package dev.hadal.kernel;

import java.util.List;

/**
 * Products of the same input rows with several matrices, in one loop: a loop has a beginning and an end, at which
 * threads wait for each other and memory for both. Owned by one part of a model; allocates only when the number of rows
 * changes.
 */
public final class Products implements WorkerPool.Task {
    private static final Rows NONE = Rows.allocate(0, 0);

    private final Linear[] matrices;
    private final Rows[] outputs;
    private final Tiling[] tilings;
    /** Number of the first item of each matrix, and the end behind the last. */
    private final int[] firstItem;

    private int tiledRows = -1;
    private int tiledThreads;
    private Rows inputs = NONE;
    private Compute.Worker[] workers = {};

    /** Products with these matrices. */
    public Products(List<Linear> matrices) {
        this.matrices = matrices.toArray(Linear[]::new);
        this.outputs = new Rows[this.matrices.length];
        this.tilings = new Tiling[this.matrices.length];
        this.firstItem = new int[this.matrices.length + 1];
        java.util.Arrays.fill(outputs, NONE);
    }

    /** Names the rows that receive the product with one of the matrices. */
    public Products to(int matrix, Rows y) {
        outputs[matrix] = y;
        return this;
    }

    /** Computes {@code y = W x} for the first {@code rows} rows and every matrix, shared out over the pool. */
    public void forward(Rows x, int rows, Compute compute) {
        tile(rows, compute.threads());
        inputs = x;
        workers = compute.workers();
        compute.pool().run(firstItem[matrices.length], this);
    }

    private void tile(int rows, int threads) {
        if (rows == tiledRows && threads == tiledThreads) {
            return;
        }
        for (int i = 0; i < matrices.length; i++) {
            tilings[i] = matrices[i].tiling(rows, Math.ceilDiv(threads, matrices.length));
            firstItem[i + 1] = firstItem[i] + tilings[i].pieces();
        }
        tiledRows = rows;
        tiledThreads = threads;
    }

    @Override
    public void run(int item, int worker) {
        int i = 0;
        while (item >= firstItem[i + 1]) {
            i++;
        }
        Piece piece = tilings[i].piece(
                item - firstItem[i], workers[worker].workspace().piece());
        matrices[i].forward(piece, inputs, null, outputs[i], workers[worker]);
    }
}
