package dev.hadal.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed set of platform threads that share out the items of one loop at a time; the calling thread works too. Which
 * thread takes which items is left to chance, so an item must write only what belongs to it, and its arithmetic must
 * not depend on the worker. One caller at a time.
 *
 * <p>Items are taken in runs of neighbours, long ones first: neighbours lie side by side in memory, which the processor
 * reads ahead, and the short runs at the end let all finish together. A loop allocates nothing.
 */
public final class WorkerPool implements AutoCloseable {
    /** How often a thread looks for what it waits for: loops follow each other within microseconds. */
    private static final int SPINS = 20_000;

    /** Bits of the claim word for an item's number, and as many for their count; those above number the loops. */
    private static final int BITS = 24;

    private static final long LOW = (1L << BITS) - 1;
    /** Most items of a loop: there must be room for every worker to find out that there are none left. */
    private static final int MOST_ITEMS = (1 << BITS) - 1;

    /** The body of a loop. */
    @FunctionalInterface
    public interface Task {
        /** Does one item; {@code worker} is 0 for the caller, and below {@link WorkerPool#threads()}. */
        void run(int item, int worker);
    }

    private static final Task NOTHING = (item, worker) -> {};

    private final Thread[] workers;
    private final AtomicInteger sleeping = new AtomicInteger();
    /**
     * The loop that runs: its number, how many items it has, and the first that nobody has claimed. All in one word, so
     * that a worker that wakes up late cannot claim an item of one loop for another.
     */
    private final AtomicLong claims = new AtomicLong();

    private final AtomicInteger done = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    /** Of the loop that runs. Whoever has claimed an item may read it: the loop doesn't end before that item has. */
    private volatile Task body = NOTHING;

    private volatile boolean closed;

    /** A pool of {@code threads} in all, the caller included. */
    public WorkerPool(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + ", must be at least 1");
        }
        workers = new Thread[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            int worker = i + 1;
            workers[i] =
                    Thread.ofPlatform().daemon().name("hadal-worker-" + worker).start(() -> serve(worker));
        }
    }

    /** Threads that take part, the caller included. */
    public int threads() {
        return workers.length + 1;
    }

    /**
     * Runs {@code task} for every item from 0 to {@code count - 1} and returns when all are done. What an item throws
     * is thrown here, the first of them, after the others have come to an end.
     *
     * @throws IllegalStateException if the pool is closed
     */
    public synchronized void run(int count, Task task) {
        if (closed) {
            throw new IllegalStateException("the worker threads have ended: this model is closed");
        }
        if (count <= 1 || workers.length == 0) {
            for (int item = 0; item < count; item++) {
                task.run(item, 0);
            }
            return;
        }
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("arithmetic on a virtual thread would hold up all the others");
        }
        if (count > MOST_ITEMS) {
            throw new IllegalArgumentException("a loop has at most " + MOST_ITEMS + " items, not " + count);
        }
        begin(count, task);
        int finished = work(0);
        done.getAndAdd(finished);
        for (int looks = 0; done.get() < count; looks++) {
            pause(looks);
        }
        body = NOTHING;
        Throwable thrown = failure.getAndSet(null);
        if (thrown != null) {
            throw rethrow(thrown);
        }
    }

    private void begin(int count, Task task) {
        done.set(0);
        body = task;
        long number = claims.get() >>> (2 * BITS);
        claims.set(((number + 1) << (2 * BITS)) | ((long) count << BITS));
        if (sleeping.get() > 0) {
            for (Thread worker : workers) {
                LockSupport.unpark(worker);
            }
        }
    }

    /** Does items of the loop that runs until there are none left, and says how many. */
    private int work(int worker) {
        int finished = 0;
        for (; ; ) {
            long seen = claims.get();
            int first = (int) (seen & LOW);
            int count = (int) ((seen >>> BITS) & LOW);
            if (first >= count) {
                return finished;
            }
            int run = Math.max(1, (count - first) / (2 * threads()));
            if (claims.compareAndSet(seen, seen + run)) {
                finished += work(first, first + run, worker);
            }
        }
    }

    private int work(int first, int end, int worker) {
        Task task = body;
        try {
            for (int item = first; item < end; item++) {
                task.run(item, worker);
            }
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            return end - first + callOff();
        }
        return end - first;
    }

    /** Claims what nobody has begun, without doing it. */
    private int callOff() {
        for (; ; ) {
            long seen = claims.get();
            int first = (int) (seen & LOW);
            int count = (int) ((seen >>> BITS) & LOW);
            if (first >= count) {
                return 0;
            }
            if (claims.compareAndSet(seen, seen + (count - first))) {
                return count - first;
            }
        }
    }

    /**
     * Looks again at once for a while, then waits. It never yields: a system that finds two threads taking turns on one
     * processor may leave them there, with another processor idle.
     */
    private static void pause(int looks) {
        if (looks < SPINS) {
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(10_000);
        }
    }

    private static RuntimeException rethrow(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return (RuntimeException) thrown;
    }

    private void serve(int worker) {
        while (!closed) {
            int finished = work(worker);
            if (finished > 0) {
                done.getAndAdd(finished);
            }
            await();
        }
    }

    /** Waits until there may be something to do. */
    private void await() {
        for (int looks = 0; looks < SPINS; looks++) {
            if (busy()) {
                return;
            }
            Thread.onSpinWait();
        }
        sleeping.getAndIncrement();
        while (!busy()) {
            LockSupport.park(this);
        }
        sleeping.getAndDecrement();
    }

    private boolean busy() {
        long seen = claims.get();
        return (seen & LOW) < ((seen >>> BITS) & LOW) || closed;
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
