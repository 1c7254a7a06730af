package dev.hadal.kernel;

import org.jspecify.annotations.Nullable;

/** What arithmetic runs on: kernels, threads, and a workspace for each thread. Owned by one model, used by one caller at a time. */
public final class Compute implements AutoCloseable {
    private final Kernels kernels;
    private final WorkerPool pool;
    private final Worker[] workers;
    private final RaisedRows raised = new RaisedRows();

    /**
     * One thread's share of the means.
     *
     * @param index number of the worker, 0 for the caller
     * @param kernels the operations
     * @param workspace memory that no other worker touches
     */
    public record Worker(int index, Kernels kernels, Workspace workspace) {}

    /** Takes the kernels and starts {@code threads - 1} worker threads. */
    public Compute(Kernels kernels, int threads) {
        this.kernels = kernels;
        this.pool = new WorkerPool(threads);
        this.workers = new Worker[threads];
        for (int i = 0; i < threads; i++) {
            workers[i] = new Worker(i, kernels, new Workspace());
        }
    }

    /** The operations. */
    public Kernels kernels() {
        return kernels;
    }

    /** The threads. */
    public WorkerPool pool() {
        return pool;
    }

    /** Number of threads, the caller included. */
    public int threads() {
        return workers.length;
    }

    /** Makes room for products with matrices of up to so many inputs. */
    public void reserve(int inputs) {
        raised.reserve(inputs);
    }

    /**
     * Copies rows for products with matrices that {@linkplain Linear#takesRaised take them so}, until the next rows are
     * copied.
     *
     * @return the copy, or null if it would not help: then the products are those of {@code x} itself
     */
    public @Nullable RaisedRows raise(Rows x, int first, int rows) {
        if (kernels.raised() == null || !raised.fit(x, rows)) {
            return null;
        }
        return raised.take(x, first, rows, pool) ? raised : null;
    }

    /** The means of all workers. */
    Worker[] workers() {
        return workers;
    }

    /** The means of one worker. */
    public Worker on(int worker) {
        return workers[worker];
    }

    /** Memory of the workspaces in bytes. */
    public long bytes() {
        return workers.length * workers[0].workspace().bytes() + raised.bytes();
    }

    @Override
    public void close() {
        pool.close();
    }
}
