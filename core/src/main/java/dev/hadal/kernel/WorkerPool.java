package dev.hadal.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed set of platform threads that share out the items of one loop at a time; the calling thread works too. Which
 * thread takes which item is left to chance, so an item must write only what belongs to it, and its arithmetic must
 * not depend on the worker. One caller at a time.
 */
public final class WorkerPool implements AutoCloseable {
    /** How long a worker looks for the next loop before it sleeps: loops follow each other within microseconds. */
    private static final int SPINS = 20_000;

    /** The body of a loop. */
    @FunctionalInterface
    public interface Task {
        /** Does one item; {@code worker} is 0 for the caller, and below {@link WorkerPool#threads()}. */
        void run(int item, int worker);
    }

    private final Thread[] workers;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private final AtomicInteger generation = new AtomicInteger();
    private volatile boolean closed;
    private @Nullable Task task;
    private int items;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** A pool of {@code threads} in all, the caller included. */
    public WorkerPool(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + ", must be at least 1");
        }
        workers = new Thread[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            int worker = i + 1;
            workers[i] =
                    Thread.ofPlatform().daemon().name("hadal-worker-" + worker).start(() -> work(worker));
        }
    }

    /** Threads that take part, the caller included. */
    public int threads() {
        return workers.length + 1;
    }

    /**
     * Runs {@code body} for every item from 0 to {@code count - 1} and returns when all are done. What an item throws
     * is thrown here, the first of them, after the others have come to an end.
     *
     * @throws IllegalStateException if the pool is closed
     */
    public synchronized void run(int count, Task body) {
        if (closed) {
            throw new IllegalStateException("the worker threads have ended: this model is closed");
        }
        if (count <= 1 || workers.length == 0) {
            for (int item = 0; item < count; item++) {
                body.run(item, 0);
            }
            return;
        }
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("arithmetic on a virtual thread would hold up all the others");
        }
        task = body;
        items = count;
        next.set(0);
        busy.set(workers.length);
        generation.getAndIncrement();
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
        drain(body, count, 0);
        for (int spins = 0; busy.get() > 0; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(10_000);
            }
        }
        task = null;
        Throwable thrown = failure.getAndSet(null);
        if (thrown != null) {
            throw rethrow(thrown);
        }
    }

    private static RuntimeException rethrow(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return (RuntimeException) thrown;
    }

    private void drain(Task body, int count, int worker) {
        try {
            for (int item = next.getAndIncrement(); item < count; item = next.getAndIncrement()) {
                body.run(item, worker);
            }
        } catch (RuntimeException | Error e) {
            next.set(count);
            failure.compareAndSet(null, e);
        }
    }

    private void work(int worker) {
        int seen = 0;
        while (true) {
            int spins = 0;
            while (generation.get() == seen && !closed) {
                if (++spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
            if (closed) {
                return;
            }
            seen = generation.get();
            Task body = task;
            if (body != null) {
                drain(body, items, worker);
            }
            busy.getAndDecrement();
        }
    }

    /** Ends the threads, after the loop that is running, if any. */
    @Override
    public synchronized void close() {
        closed = true;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
    }
}
