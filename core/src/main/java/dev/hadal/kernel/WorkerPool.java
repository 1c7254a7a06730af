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
    /** Stands in when there is nothing to do, so that a finished loop does not keep alive what its body refers to. */
    private final Loop idle = new Loop(0, 0, (item, worker) -> {});

    private volatile Loop current = idle;
    private int loops;
    private volatile boolean closed;

    /** One loop. A worker that wakes up late finds nothing left in it, so nobody waits for workers, only for items. */
    private static final class Loop {
        private final int number;
        private final int count;
        private final Task body;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Loop(int number, int count, Task body) {
            this.number = number;
            this.count = count;
            this.body = body;
        }

        /** Does items until there are none left. */
        void work(int worker) {
            int finished = 0;
            for (int item = next.getAndIncrement(); item < count; item = next.getAndIncrement()) {
                try {
                    body.run(item, worker);
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                    // What nobody has begun is called off; calling off twice finds nothing.
                    finished += Math.max(0, count - next.getAndSet(count));
                }
                finished++;
            }
            if (finished > 0) {
                done.getAndAdd(finished);
            }
        }

        /** Waits for the items that others have begun. */
        void await() {
            for (int spins = 0; done.get() < count; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.parkNanos(10_000);
                }
            }
        }
    }

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
        Loop loop = new Loop(++loops, count, body);
        current = loop;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
        loop.work(0);
        loop.await();
        current = idle;
        Throwable thrown = loop.failure.get();
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

    private void work(int worker) {
        int seen = 0;
        while (!closed) {
            for (int spins = 0; current.number == seen && !closed; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
            seen = workOnCurrent(worker);
        }
    }

    private int workOnCurrent(int worker) {
        Loop loop = current;
        loop.work(worker);
        return loop.number;
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
