package dev.hadal.engine;

import dev.hadal.cache.KvBudget;
import dev.hadal.cache.Lease;
import dev.hadal.cache.PrefixMatch;
import dev.hadal.cache.PrefixTree;
import dev.hadal.cache.Scope;
import dev.hadal.cache.SnapshotKind;
import dev.hadal.model.LanguageModel;
import dev.hadal.model.SequenceState;
import java.util.Objects;

/**
 * The memory of all sequences: of those that run, and of those that have run and may be continued. Before rows are
 * computed room is made for what they will take at most, so the budget holds at every moment.
 */
final class Memory implements AutoCloseable {
    /** A state at this length has begun the last page of each list, so it is as much as a writer can have to copy. */
    private static final int COPIED_TOKENS = 128;

    private final LanguageModel model;
    private final KvBudget budget;
    private final PrefixTree prefixes;
    private final EngineEvents events;
    private final long copyBytes;
    private long promised;

    Memory(LanguageModel model, EngineOptions options, EngineEvents events) {
        this.model = model;
        this.events = events;
        this.budget = KvBudget.of(options.budgetBytes(), model.stateMemory());
        this.prefixes = new PrefixTree(options.cache(), budget);
        this.copyBytes = model.stateBytes(COPIED_TOKENS);
    }

    /** The most that a sequence takes on its way to so many tokens. */
    static long mostBytes(LanguageModel model, long tokens) {
        return model.stateBytes(tokens) + model.stateBytes(COPIED_TOKENS);
    }

    /** Forgets everything that is not in use: memory is short in a way that no budget foresaw. */
    void forget() {
        prefixes.makeRoom(
                budget.limitBytes() - budget.usedBytes() + prefixes.status().bytes());
    }

    /** The known prefixes. */
    PrefixTree prefixes() {
        return prefixes;
    }

    /** Bytes in use. */
    long usedBytes() {
        return budget.usedBytes();
    }

    /** A new step begins; it has not been promised anything. */
    void beginStep() {
        promised = 0;
    }

    /** What a sequence will still take until its prompt is read. */
    long outstanding(Sequence sequence) {
        return model.stateBytes(sequence.known()) - model.stateBytes(sequence.computed());
    }

    /** The most that computing so many rows of a sequence takes. A new sequence is seen as a whole, prompt included. */
    private long need(Sequence sequence, int rows) {
        SequenceState state = sequence.state();
        if (state == null) {
            return model.stateBytes(sequence.known()) + copyBytes;
        }
        long growth = model.stateBytes((long) state.length() + rows) - model.stateBytes(state.length());
        return growth + (sequence.shares() ? copyBytes : 0);
    }

    /**
     * Makes room for rows of a sequence beside what this step was promised before, by forgetting prefixes.
     *
     * @param committed room that has to be left besides
     * @return false if that is not enough
     */
    boolean promise(Sequence sequence, int rows, long committed) {
        long bytes = need(sequence, rows);
        long room = promised + bytes + committed;
        String tenant = sequence.request().origin().tenant();
        boolean fits = prefixes.makeRoom(room, tenant) || prefixes.makeRoom(room);
        promised += fits ? bytes : 0;
        return fits;
    }

    /** Gives a sequence a state with as much of its ids as is known. */
    void open(Sequence sequence) {
        PrefixMatch match = prefixes.lookup(scope(sequence), sequence.ids(), sequence.known());
        try (Lease lease = match.lease()) {
            sequence.state(lease == null ? model.newState() : lease.fork());
            sequence.shares(lease != null);
        }
        sequence.generation().begin(GenerationUsage.Prefix.of(match));
        events.looked(sequence, match);
    }

    /** After how many more rows at most a prompt has to stop, so that what is known of it can be kept. */
    int rowsToWaypoint(Sequence sequence) {
        return prefixes.nextWaypoint(sequence.computed()) - sequence.computed();
    }

    /** Rows were computed; keeps what is known where that is worth while. */
    void advanced(Sequence sequence) {
        if (prefixes.isWaypoint(sequence.computed())) {
            keep(sequence, SnapshotKind.WAYPOINT);
        }
    }

    private void keep(Sequence sequence, SnapshotKind kind) {
        SequenceState state = Objects.requireNonNull(sequence.state());
        try {
            if (state.length() > 0 && prefixes.insert(scope(sequence), sequence.ids(), state, kind)) {
                sequence.shares(true);
            }
        } catch (OutOfMemoryError e) {
            // Only what might have been saved later is lost.
            forget();
        }
    }

    /** A sequence is over: what it knows is kept, if it is sound, and its own hold on it ends. */
    void retire(Sequence sequence) {
        if (sequence.state() != null) {
            keep(sequence, SnapshotKind.TURN_END);
        }
        drop(sequence);
    }

    /** Takes a sequence's state away. */
    void drop(Sequence sequence) {
        SequenceState state = sequence.release();
        if (state != null) {
            state.close();
        }
    }

    /** A sequence's computation gave no numbers: what was kept of it, and perhaps was its cause, is forgotten. */
    void distrust(Sequence sequence) {
        drop(sequence);
        prefixes.clear(sequence.request().origin().namespace());
    }

    private static Scope scope(Sequence sequence) {
        Origin origin = sequence.request().origin();
        return new Scope(origin.namespace(), origin.tenant());
    }

    /** Forgets all prefixes. */
    @Override
    public void close() {
        prefixes.close();
    }
}
