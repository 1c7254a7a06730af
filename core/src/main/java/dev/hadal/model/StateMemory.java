package dev.hadal.model;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the bytes of all sequence states of one model, parts that states share once. Back at zero when every state is
 * closed. Safe for use by several threads.
 */
public final class StateMemory {
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong peak = new AtomicLong();

    /** Bytes held now. */
    public long usedBytes() {
        return used.get();
    }

    /** Most bytes held at one time so far. */
    public long peakBytes() {
        return peak.get();
    }

    /** Counts memory that a state has taken. */
    public void add(long bytes) {
        long now = used.addAndGet(bytes);
        peak.accumulateAndGet(now, Math::max);
    }

    /**
     * Counts memory that a state has given back.
     *
     * @throws IllegalStateException if that is more than was taken, which is a fault of the model
     */
    public void remove(long bytes) {
        long now = used.addAndGet(-bytes);
        if (now < 0) {
            throw new IllegalStateException("states have given back " + -now + " bytes more than they took");
        }
    }
}
