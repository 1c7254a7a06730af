package dev.hadal.cache;

import dev.hadal.model.SequenceState;

/** A state that nobody changes any more, and what the tree knows about it. */
final class Snapshot {
    private final SequenceState state;
    private final String tenant;
    private final long checksum;
    /** Only a turn end becomes one later. */
    SnapshotKind kind;

    /** Leases that hold it. */
    int leases;

    long hits;
    /** What the last evicted snapshot was worth when this one was last of use: age, in units of worth. */
    double floor;
    /** Memory that neither the nearest snapshot above nor a snapshot before it on the path has, in bytes. */
    long ownBytes;
    /** Memory that eviction would give back, running sequences aside, in bytes. */
    long freedBytes;

    Snapshot(SequenceState state, String tenant, SnapshotKind kind) {
        this.state = state;
        this.tenant = tenant;
        this.kind = kind;
        this.checksum = state.checksum();
    }

    SequenceState state() {
        return state;
    }

    String tenant() {
        return tenant;
    }

    /** The checksum of the state when it was taken in. */
    long checksum() {
        return checksum;
    }
}
