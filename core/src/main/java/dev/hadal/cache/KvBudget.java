package dev.hadal.cache;

import dev.hadal.model.StateMemory;

/**
 * The memory for all that is remembered of sequences: of those that run and of those that have run. One budget for both,
 * since snapshots and running sequences share memory.
 */
public interface KvBudget {
    /** Most bytes that may be used. */
    long limitBytes();

    /** Bytes used now, by running sequences and by snapshots, shared memory once. */
    long usedBytes();

    /** A fixed limit on what a model's states take. */
    static KvBudget of(long limitBytes, StateMemory memory) {
        return new KvBudget() {
            @Override
            public long limitBytes() {
                return limitBytes;
            }

            @Override
            public long usedBytes() {
                return memory.usedBytes();
            }
        };
    }
}
