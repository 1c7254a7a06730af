package dev.hadal.server.script;

import dev.hadal.model.SequenceState;
import dev.hadal.model.StateMemory;
import org.jspecify.annotations.Nullable;

/** What a scripted model remembers of a sequence: its ids, and the answer that they are in the middle of. */
final class ScriptedState implements SequenceState {
    private static final long FACTOR = 0x9E3779B97F4A7C15L;

    private final IdPages ids;
    private @Nullable ScriptedAnswer answer;
    private int done;
    private @Nullable Due due;
    private boolean unusable;
    private boolean closed;

    ScriptedState(StateMemory memory) {
        this.ids = new IdPages(memory);
    }

    private ScriptedState(ScriptedState origin) {
        this.ids = origin.ids.fork();
        this.answer = origin.answer;
        this.done = origin.done;
    }

    /** Takes the next id. One that its answer does not have here is the start of something else. */
    void add(int id) {
        ids.add(id);
        if (answer != null && answer.ids()[done] == id && done + 1 < answer.ids().length) {
            done++;
        } else {
            answer = null;
        }
    }

    /** All ids. */
    int[] ids() {
        return ids.toArray();
    }

    /** The answer that it is in the middle of; null if that is not known. */
    @Nullable
    ScriptedAnswer answer() {
        return answer;
    }

    /** How many ids of its answer are sampled. */
    int done() {
        return done;
    }

    /** It is in the middle of an answer. */
    void answering(ScriptedAnswer next, int progress) {
        answer = next;
        done = progress;
    }

    /**
     * When an id may come.
     *
     * @param position how many ids there are before it
     * @param nanos the time
     */
    record Due(int position, long nanos) {}

    /** What was last decided about an id of its answer; null if nothing was. */
    @Nullable
    Due due() {
        return due;
    }

    /** Decides when an id is due. */
    void due(Due next) {
        due = next;
    }

    /** A computation with it has failed. */
    void spoil() {
        unusable = true;
    }

    /** Refuses to be used once closed or spoiled. */
    void requireUsable() {
        if (closed || unusable) {
            throw new IllegalStateException(
                    closed ? "the sequence state is closed" : "a computation with this sequence state has failed");
        }
    }

    @Override
    public int length() {
        return ids.length();
    }

    @Override
    public long bytes() {
        return IdPages.bytes(ids.length());
    }

    @Override
    public SequenceState fork() {
        requireUsable();
        return new ScriptedState(this);
    }

    @Override
    public long checksum() {
        requireUsable();
        long hash = ids.length();
        for (int id : ids.toArray()) {
            hash = (hash ^ id) * FACTOR;
        }
        return hash;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            answer = null;
            ids.release();
        }
    }
}
