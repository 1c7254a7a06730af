package dev.hadal.engine;

import dev.hadal.model.Batch;
import dev.hadal.model.LanguageModel;
import dev.hadal.model.Logits;
import dev.hadal.model.ModelLimits;
import dev.hadal.model.SequenceState;
import dev.hadal.model.StateMemory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A model without arithmetic: its logits are a hash of the ids so far. Its states keep pages that forks share, and are
 * counted, as a real one's are; its steps take no time but that of the clock it is given.
 */
final class ToyModel implements LanguageModel {
    static final int VOCABULARY = 32;
    static final int CONTEXT = 1 << 20;
    static final int BATCH_ROWS = 64;
    private static final int PAGE_TOKENS = 128;
    private static final long RING_BYTES = 1000;
    private static final long PAGE_BYTES = 2000;

    private final StateMemory memory = new StateMemory();
    private final Clock clock;
    private Consumer<Batch> hook = batch -> {};
    private IntToLongFunction wait = known -> 0;
    private int poisonedId = -1;
    private volatile boolean accounting = true;
    private boolean statesFail;
    private boolean closed;

    /** Time that passes only when something is computed. */
    static final class Clock {
        private long nanos;
        private long stepNanos = 1_000_000;
        private long rowNanos = 1_000_000;

        long now() {
            return nanos;
        }

        void pass(long more) {
            nanos += more;
        }

        Clock costs(long newStepNanos, long newRowNanos) {
            stepNanos = newStepNanos;
            rowNanos = newRowNanos;
            return this;
        }
    }

    ToyModel(Clock clock) {
        this.clock = clock;
    }

    /** What is done, or thrown, before a batch is computed. */
    void hook(Consumer<Batch> newHook) {
        hook = newHook;
    }

    /** How long the next rows of a sequence wait, by the number of its ids. */
    void wait(IntToLongFunction newWait) {
        wait = newWait;
    }

    /** From now on there is no memory for more states. */
    void failStates(boolean fail) {
        statesFail = fail;
    }

    /** From now on nobody can be told what a state takes. */
    void failAccounting() {
        accounting = false;
    }

    /** After this id all logits of a sequence are NaN. */
    void poison(int id) {
        poisonedId = id;
    }

    static long hash(long past, int id) {
        long h = (past ^ id + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        return h ^ h >>> 29;
    }

    static float logit(long past, int id) {
        long h = hash(past * 31 + 7, id) * 0x94D049BB133111EBL;
        return (h >>> 40) / (float) (1 << 21);
    }

    @Override
    public SequenceState newState() {
        return new State(null);
    }

    @Override
    public void forward(Batch batch, Logits logits) {
        if (closed || batch.rows() == 0 || batch.rows() > BATCH_ROWS) {
            throw new IllegalArgumentException("a batch of " + batch.rows() + " rows");
        }
        logits.rows(batch.wantedRows());
        for (Batch.Span span : batch.spans()) {
            ((State) span.state()).requireUsable();
        }
        clock.pass(clock.stepNanos + clock.rowNanos * batch.rows());
        try {
            hook.accept(batch);
        } catch (RuntimeException | Error e) {
            batch.spans().forEach(span -> ((State) span.state()).broken = true);
            throw e;
        }
        int wanted = 0;
        for (Batch.Span span : batch.spans()) {
            State state = (State) span.state();
            for (int row = span.firstRow(); row < span.firstRow() + span.rows(); row++) {
                state.append(batch.token(row));
                if (batch.wantsLogits(row)) {
                    int at = logits.at(wanted++);
                    for (int id = 0; id < VOCABULARY; id++) {
                        logits.values()[at + id] = state.poisoned ? Float.NaN : logit(state.past, id);
                    }
                }
            }
        }
    }

    @Override
    public long waitNanos(SequenceState state, int[] ids, int known) {
        return wait.applyAsLong(known);
    }

    @Override
    public ModelLimits limits() {
        return new ModelLimits(VOCABULARY, CONTEXT, BATCH_ROWS);
    }

    @Override
    public StateMemory stateMemory() {
        return memory;
    }

    @Override
    public long stateBytes(long tokens) {
        if (!accounting && Thread.currentThread().getName().equals("hadal-engine")) {
            throw new IllegalStateException("planted");
        }
        return RING_BYTES + Math.ceilDiv(tokens, PAGE_TOKENS) * PAGE_BYTES;
    }

    @Override
    public String fingerprint() {
        return "toy";
    }

    @Override
    public void close() {
        closed = true;
    }

    /** Memory that states share until one of them writes to it. */
    private final class Piece {
        private final long bytes;
        private int shares = 1;

        Piece(long bytes) {
            this.bytes = bytes;
            memory.add(bytes);
        }

        Piece share() {
            shares++;
            return this;
        }

        void release() {
            if (--shares == 0) {
                memory.remove(bytes);
            }
        }

        Piece own() {
            if (shares == 1) {
                return this;
            }
            shares--;
            return new Piece(bytes);
        }
    }

    private final class State implements SequenceState {
        private final List<Piece> pages = new ArrayList<>();
        private Piece ring;
        private long past = 1;
        private int length;
        private boolean poisoned;
        private boolean broken;
        private boolean released;

        State(@Nullable State origin) {
            if (statesFail) {
                throw new OutOfMemoryError("planted");
            }
            if (origin == null) {
                ring = new Piece(RING_BYTES);
            } else {
                ring = origin.ring.share();
                origin.pages.forEach(page -> pages.add(page.share()));
                past = origin.past;
                length = origin.length;
                poisoned = origin.poisoned;
            }
        }

        void requireUsable() {
            if (broken || released) {
                throw new IllegalStateException("this state is " + (broken ? "broken" : "closed"));
            }
        }

        void append(int id) {
            ring = ring.own();
            if (length % PAGE_TOKENS == 0) {
                pages.add(new Piece(PAGE_BYTES));
            } else {
                pages.set(pages.size() - 1, pages.getLast().own());
            }
            past = hash(past, id);
            poisoned |= id == poisonedId;
            length++;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public long bytes() {
            return stateBytes(length);
        }

        @Override
        public long sharedBytes(SequenceState other) {
            State another = (State) other;
            Set<Piece> theirs = Collections.newSetFromMap(new IdentityHashMap<>());
            theirs.addAll(another.pages);
            theirs.add(another.ring);
            long bytes = theirs.contains(ring) ? RING_BYTES : 0;
            return bytes + PAGE_BYTES * pages.stream().filter(theirs::contains).count();
        }

        @Override
        public SequenceState fork() {
            requireUsable();
            return new State(this);
        }

        @Override
        public long checksum() {
            requireUsable();
            return hash(past, length);
        }

        @Override
        public void close() {
            if (!released) {
                released = true;
                ring.release();
                pages.forEach(Piece::release);
            }
        }
    }
}
