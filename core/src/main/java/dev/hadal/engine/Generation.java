package dev.hadal.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One answer on its way: the only object in which the engine's thread and a reader's meet. One thread takes, any thread
 * may cancel. The engine runs ahead of the reader by a bounded number of ids and then leaves this generation alone until
 * the reader has caught up; if he never does, it fails after a while.
 */
public final class Generation {
    /** Hears of what readers do; called without any lock held. */
    interface Owner {
        void changed(Generation generation);
    }

    private enum Phase {
        WAITING,
        RUNNING,
        ENDED
    }

    private final int choice;
    private final int promptTokens;
    private final int capacity;
    private final LongSupplier clock;
    private final Owner owner;
    private final long submitted;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Taken.Token> outbox = new ArrayDeque<>();
    private Phase phase = Phase.WAITING;
    private volatile boolean cancelled;
    private Taken.@Nullable End end;
    private @Nullable GenerationException failure;
    private GenerationUsage.Prefix prefix = GenerationUsage.Prefix.NONE;
    private long computed;
    private int sampled;
    private int preemptions;
    private long started = -1;
    private long first = -1;
    private long last = -1;
    private long ended = -1;
    private long longestGap;

    Generation(GenerationRequest request, int choice, int capacity, LongSupplier clock, Owner owner) {
        this.choice = choice;
        this.promptTokens = request.prompt().length;
        this.capacity = capacity;
        this.clock = clock;
        this.owner = owner;
        this.submitted = clock.getAsLong();
    }

    /** Which of the request's answers this is, from 0. */
    public int choice() {
        return choice;
    }

    /**
     * Waits for what comes next: tokens, then the end, which is given again when asked again.
     *
     * @throws GenerationException if the generation failed; tokens chosen before are given first
     */
    public Taken take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (outbox.isEmpty() && phase != Phase.ENDED) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
        Taken taken = poll();
        if (taken == null) {
            throw new IllegalStateException("a generation is read by one thread at a time");
        }
        return taken;
    }

    /** What comes next, as {@link #take}, or null if it is not there yet. */
    public @Nullable Taken poll() {
        boolean room;
        Taken.Token token;
        lock.lock();
        try {
            room = outbox.size() == capacity;
            token = outbox.poll();
            if (token == null && failure != null) {
                throw failure;
            }
            if (token == null) {
                return end;
            }
        } finally {
            lock.unlock();
        }
        if (room) {
            owner.changed(this);
        }
        return token;
    }

    /** Ends it at the next token, from any thread; ids that were not taken yet are dropped. */
    public void cancel() {
        lock.lock();
        try {
            cancelled = true;
            outbox.clear();
            if (phase == Phase.WAITING) {
                finish(EndReason.CANCELLED, -1);
            }
        } finally {
            lock.unlock();
        }
        owner.changed(this);
    }

    /** What it took so far. */
    public GenerationUsage usage() {
        lock.lock();
        try {
            long now = ended < 0 ? clock.getAsLong() : ended;
            GenerationUsage.Timings timings = new GenerationUsage.Timings(
                    since(started < 0 ? now : started),
                    since(first < 0 ? now : first),
                    since(now),
                    Duration.ofNanos(sampled < 2 ? 0 : (last - first) / (sampled - 1)),
                    Duration.ofNanos(longestGap));
            return new GenerationUsage(promptTokens, prefix, computed, sampled, preemptions, timings);
        } finally {
            lock.unlock();
        }
    }

    private Duration since(long nanos) {
        return Duration.ofNanos(nanos - submitted);
    }

    /** Whether somebody cancelled it. */
    boolean cancelled() {
        return cancelled;
    }

    /** Whether it is over, one way or the other. */
    boolean ended() {
        lock.lock();
        try {
            return phase == Phase.ENDED;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it failed. */
    boolean failed() {
        lock.lock();
        try {
            return failure != null;
        } finally {
            lock.unlock();
        }
    }

    /** Its end in a word. */
    String ending() {
        lock.lock();
        try {
            if (failure != null) {
                return failure.fault().name();
            }
            return end == null ? "" : end.reason().name();
        } finally {
            lock.unlock();
        }
    }

    /** Whether anything of it was computed. */
    boolean begun() {
        lock.lock();
        try {
            return started >= 0;
        } finally {
            lock.unlock();
        }
    }

    /** When it was submitted, by the engine's clock. */
    long submitted() {
        return submitted;
    }

    /** Whether the reader is so far behind that nothing more is to be computed now. */
    boolean full() {
        lock.lock();
        try {
            return outbox.size() >= capacity;
        } finally {
            lock.unlock();
        }
    }

    /** When the newest id was chosen, or else when it was submitted. */
    long lastProgress() {
        lock.lock();
        try {
            return last < 0 ? submitted : last;
        } finally {
            lock.unlock();
        }
    }

    /** It starts to be computed, with so much of its prompt at hand; only the first time counts. */
    void begin(GenerationUsage.Prefix known) {
        lock.lock();
        try {
            if (phase == Phase.WAITING) {
                phase = Phase.RUNNING;
                started = clock.getAsLong();
                prefix = known;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Rows were computed for it. */
    void computed(int rows) {
        lock.lock();
        try {
            computed += rows;
        } finally {
            lock.unlock();
        }
    }

    /** Its memory was taken away. */
    void preempted() {
        lock.lock();
        try {
            preemptions++;
        } finally {
            lock.unlock();
        }
    }

    /** An id was chosen; null if it is the stop id, which is not delivered. */
    void sampled(Taken.@Nullable Token token) {
        lock.lock();
        try {
            long now = clock.getAsLong();
            longestGap = last < 0 ? 0 : Math.max(longestGap, now - last);
            first = first < 0 ? now : first;
            last = now;
            sampled++;
            if (token != null && !cancelled) {
                outbox.add(token);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** It is over; only the first end counts. */
    void end(EndReason reason, int stopId) {
        lock.lock();
        try {
            if (phase != Phase.ENDED) {
                finish(reason, stopId);
            }
        } finally {
            lock.unlock();
        }
    }

    /** It failed; only the first end counts. */
    void fail(GenerationException fault) {
        lock.lock();
        try {
            if (phase != Phase.ENDED) {
                failure = fault;
                phase = Phase.ENDED;
                ended = clock.getAsLong();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void finish(EndReason reason, int stopId) {
        phase = Phase.ENDED;
        ended = clock.getAsLong();
        end = new Taken.End(reason, stopId, usage());
        changed.signalAll();
    }
}
