package dev.hadal.cache;

import dev.hadal.model.SequenceState;

/** A hold on a snapshot: until it is closed, the snapshot is not evicted. For the thread of its {@link PrefixTree}. */
public final class Lease implements AutoCloseable {
    private final PrefixTree tree;
    private final Snapshot snapshot;
    private boolean closed;

    Lease(PrefixTree tree, Snapshot snapshot) {
        this.tree = tree;
        this.snapshot = snapshot;
    }

    Snapshot snapshot() {
        return snapshot;
    }

    /** Position of the snapshot. */
    public int length() {
        return snapshot.state().length();
    }

    /**
     * A sequence that goes on from the snapshot. It is the caller's, and may outlive lease and snapshot.
     *
     * @throws IllegalStateException if this lease is closed
     */
    public SequenceState fork() {
        if (closed) {
            throw new IllegalStateException("this lease is closed; its snapshot may be gone");
        }
        return snapshot.state().fork();
    }

    /** Lets the snapshot go. Closing twice does nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            tree.release(this);
        }
    }
}
