package dev.hadal.engine;

import dev.hadal.model.SequenceState;
import dev.hadal.sample.SampledSequence;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One answer inside the engine: its ids, of which some are computed. All that are not are pending, be they a prompt, the
 * id chosen last or, after its memory was taken away, everything; when none is pending the next id is chosen. Whoever
 * holds the ids can therefore drop the state at any time.
 */
final class Sequence {
    private final Job job;
    private final int choice;
    private final Generation generation;
    private final StopRule stopRule;
    private @Nullable SampledSequence rules;
    private int[] ids;
    private int known;
    private @Nullable SequenceState state;
    private boolean thinking;
    private boolean suspect;
    private boolean shares;
    private boolean held;
    private long heldFrom;
    private long heldNanos;
    private long lastStep;

    Sequence(Job job, int choice, Generation generation) {
        this.job = job;
        this.choice = choice;
        this.generation = generation;
        this.stopRule = job.request().output().stopRules().apply(choice);
        this.ids = job.request().prompt();
        this.known = ids.length;
        this.thinking = job.request().limits().thinking() != null;
    }

    Job job() {
        return job;
    }

    GenerationRequest request() {
        return job.request();
    }

    int choice() {
        return choice;
    }

    Generation generation() {
        return generation;
    }

    StopRule stopRule() {
        return stopRule;
    }

    /** How its ids are chosen, among so many. */
    SampledSequence rules(int vocabulary) {
        SampledSequence made = rules;
        if (made == null) {
            int[] prompt = request().prompt();
            var constraints = request().output().constraints();
            made = constraints == null
                    ? new SampledSequence(request().sampling(), choice, vocabulary, prompt)
                    : SampledSequence.constrained(
                            request().sampling(), choice, vocabulary, prompt, constraints.apply(choice));
            rules = made;
        }
        return made;
    }

    /** The ids; only the first {@link #known} count, and nobody may change them. */
    int[] ids() {
        return ids;
    }

    /** How many ids there are. */
    int known() {
        return known;
    }

    /** How many were chosen. */
    int sampled() {
        return known - job.request().prompt().length;
    }

    /** How many of the ids are in the state. */
    int computed() {
        return state == null ? 0 : state.length();
    }

    /** Rows were computed, so whatever had to be copied for that is copied. */
    void computed(int rows) {
        shares = false;
        generation.computed(rows);
    }

    /** How many are not. */
    int pending() {
        return known - computed();
    }

    /** Adds a chosen id. */
    void add(int id) {
        if (known == ids.length) {
            ids = Arrays.copyOf(ids, known + Math.max(64, known / 8));
        }
        ids[known++] = id;
    }

    @Nullable
    SequenceState state() {
        return state;
    }

    void state(SequenceState newState) {
        state = newState;
    }

    /** Gives the state away. */
    @Nullable
    SequenceState release() {
        SequenceState released = state;
        state = null;
        return released;
    }

    /** Whether it is inside the thinking block that its prompt opened. */
    boolean thinking() {
        return thinking;
    }

    void thinkingEnded() {
        thinking = false;
    }

    /** Whether it was part of a batch that failed and has not been computed alone since. */
    boolean suspect() {
        return suspect;
    }

    void suspect(boolean newSuspect) {
        suspect = newSuspect;
    }

    /** Whether the model wants its next rows later. */
    boolean held() {
        return held;
    }

    void held(boolean newHeld, long now) {
        if (held) {
            heldNanos += now - heldFrom;
        }
        heldFrom = now;
        held = newHeld;
    }

    /** How long the model has held it back so far, in nanoseconds. */
    long heldNanos(long now) {
        return heldNanos + (held ? now - heldFrom : 0);
    }

    /** Whether its state may share memory that it has to copy before it goes on. */
    boolean shares() {
        return shares;
    }

    void shares(boolean newShares) {
        shares = newShares;
    }

    /** The step in which it was computed last. */
    long lastStep() {
        return lastStep;
    }

    void lastStep(long step) {
        lastStep = step;
    }
}
