package dev.hadal.engine;

import dev.hadal.model.LanguageModel;
import dev.hadal.model.ModelLimits;
import dev.hadal.model.SequenceState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Decides which rows are computed next. Each sequence that is being written gets its one row; chunks of prompts fill the
 * step up to its target, or the whole batch if nothing is being written.
 *
 * <p>Where several tenants have work, each gets in a step what the one that asks for least gets, measured by the time
 * that its rows are expected to take; what a tenant did not want it cannot ask for later. So one tenant makes another
 * wait at most as long as that one's own work takes, however much it asks for.
 */
final class Scheduler {
    /** A step that answers are waiting for reads at least so much of a prompt, so that prompts come to an end too. */
    private static final int LEAST_PROMPT_ROWS = 8;

    private static final double PRIORITY_WEIGHT = 4;

    private final Roster roster;
    private final Memory memory;
    private final Pace pace;
    private final EngineEvents events;
    private final LanguageModel model;
    private final ModelLimits limits;
    private final EngineOptions options;
    private final int samples;
    private final Plan plan = new Plan();
    private final List<Sequence> blocked = new ArrayList<>();
    private List<Tenant> stuck = List.of();
    private long step;
    private boolean suspectsTurn;
    private long holdNanos;

    /** The parts of the engine that a scheduler works with. */
    record Parts(Roster roster, Memory memory, Pace pace, EngineEvents events) {}

    Scheduler(Parts parts, LanguageModel model, EngineOptions options) {
        this.roster = parts.roster();
        this.memory = parts.memory();
        this.pace = parts.pace();
        this.events = parts.events();
        this.model = model;
        this.limits = model.limits();
        this.options = options;
        this.samples = Math.min(options.runningSequences(), limits.batchRows());
    }

    /** The rows of the next step; empty if nothing can be done now. */
    Plan next() {
        step++;
        plan.clear();
        memory.beginStep();
        roster.reap();
        holdNanos = Long.MAX_VALUE;
        roster.tenants().forEach(tenant -> tenant.running().forEach(this::hold));
        List<Sequence> suspects = roster.suspects();
        suspectsTurn = !suspects.isEmpty() && !suspectsTurn;
        if (suspectsTurn) {
            blocked.clear();
            Sequence alone = suspects.getFirst();
            add(roster.tenant(alone), alone, limits.batchRows());
        } else {
            fill();
        }
        if (plan.isEmpty() && !blocked.isEmpty() && holdNanos == Long.MAX_VALUE) {
            // Everybody waits for somebody else's memory: the oldest may take it from all.
            Sequence oldest = Collections.min(
                    blocked, Comparator.comparingLong(sequence -> sequence.job().number()));
            preemptable(oldest).forEach(this::preempt);
            memory.beginStep();
            add(roster.tenant(oldest), oldest, limits.batchRows());
        }
        return plan;
    }

    /** Asks the model whether a running sequence may go on; whoever is at fault is found without delay. */
    private boolean hold(Sequence sequence) {
        SequenceState state = Objects.requireNonNull(sequence.state());
        long wait = sequence.suspect() ? 0 : model.waitNanos(state, sequence.ids(), sequence.known());
        roster.hold(sequence, wait > 0);
        if (wait > 0) {
            holdNanos = Math.min(holdNanos, wait);
        }
        return wait > 0;
    }

    /** How long nothing of what the model holds back may go on, in nanoseconds. */
    long holdNanos() {
        return holdNanos;
    }

    private void fill() {
        List<Demand> demands = demands();
        double ceiling = ceiling(demands);
        List<Sequence> waited = List.copyOf(blocked);
        blocked.clear();
        for (Demand demand : demands) {
            // Who found no room in the last step comes before those who have theirs and might have to give it up.
            waited.stream()
                    .filter(demand.reading()::contains)
                    .forEach(sequence -> addPrompt(demand, sequence, ceiling));
        }
        for (Demand demand : demands) {
            for (Sequence sequence : demand.decoding()) {
                if (demand.tenant().served() < ceiling) {
                    add(demand.tenant(), sequence, 1);
                }
            }
        }
        for (Demand demand : demands) {
            demand.reading().forEach(sequence -> addPrompt(demand, sequence, ceiling));
        }
        if (ceiling < Double.POSITIVE_INFINITY) {
            demands.stream()
                    .filter(demand -> isStuck(demand.tenant()) || plan.rows(demand.tenant()) >= demand.rows())
                    .forEach(demand -> demand.tenant().forgo(ceiling));
        }
        stuck = demands.stream().map(Demand::tenant).filter(this::isStuck).toList();
    }

    private void addPrompt(Demand demand, Sequence sequence, double ceiling) {
        Tenant tenant = demand.tenant();
        int room = promptRoom(Math.max(plan.decodeRows(), demand.decoding().size())) - plan.promptRows();
        if (room > 0 && tenant.served() < ceiling && !plan.has(sequence)) {
            double share = (ceiling - tenant.served()) / pace.promptNanos();
            add(tenant, sequence, (int) Math.clamp(share, 1, room));
        }
    }

    private boolean isStuck(Tenant tenant) {
        return blocked.stream().anyMatch(sequence -> roster.tenant(sequence) == tenant) && plan.rows(tenant) == 0;
    }

    /**
     * What a tenant would have computed in a step of its own.
     *
     * @param decoding sequences that go on by one row
     * @param reading sequences with more to compute
     * @param rows how many rows the step would have
     * @param nanos how long it would take
     */
    private record Demand(Tenant tenant, List<Sequence> decoding, List<Sequence> reading, int rows, double nanos) {
        double until() {
            return tenant.served() + nanos;
        }
    }

    /** Those of all who have something to do, the least first. */
    private List<Demand> demands() {
        List<Demand> demands = new ArrayList<>();
        for (Tenant tenant : roster.tenants()) {
            List<Sequence> decoding = tenant.decoding();
            List<Sequence> reading = tenant.reading();
            if (!decoding.isEmpty() || !reading.isEmpty()) {
                int decodeRows = Math.min(decoding.size(), limits.batchRows());
                long pending = reading.stream().mapToLong(Sequence::pending).sum();
                int promptRows = (int) Math.min(pending, promptRoom(decodeRows));
                demands.add(new Demand(
                        tenant, decoding, reading, decodeRows + promptRows, pace.nanos(decodeRows, promptRows)));
            }
        }
        demands.sort(Comparator.comparingDouble(Demand::until));
        return demands;
    }

    /** Up to where each tenant may be served in this step: where the one that asks for least is then. */
    private double ceiling(List<Demand> demands) {
        return demands.size() < 2
                ? Double.POSITIVE_INFINITY
                // Who waits for memory does not hold the others up.
                : demands.stream()
                        .filter(demand -> !stuck.contains(demand.tenant()))
                        .mapToDouble(Demand::until)
                        .min()
                        .orElse(Double.POSITIVE_INFINITY);
    }

    private int promptRoom(int decodeRows) {
        int room = limits.batchRows() - decodeRows;
        if (decodeRows == 0) {
            return room;
        }
        int fitting = pace.promptRows(decodeRows, options.stepTarget().toNanos());
        return Math.min(room, Math.max(LEAST_PROMPT_ROWS, fitting));
    }

    /** Adds rows of a sequence, at most so many, and returns how many, 0 if it cannot run now. */
    private int add(Tenant tenant, Sequence sequence, int most) {
        int rows = Math.min(most, sequence.pending());
        boolean full = plan.batch().rows() == limits.batchRows() || plan.batch().wantedRows() == samples;
        if (full && sequence.state() != null) {
            return 0;
        }
        if (full || !admit(sequence, rows)) {
            blocked.add(sequence);
            return 0;
        }
        if (sequence.state() == null && (!roster.start(sequence) || hold(sequence))) {
            return 0;
        }
        rows = Math.min(Math.min(most, sequence.pending()), memory.rowsToWaypoint(sequence));
        double weight = Math.pow(PRIORITY_WEIGHT, sequence.request().origin().priority());
        tenant.serve((sequence.pending() == 1 ? pace.decodeNanos() : rows * pace.promptNanos()) / weight);
        plan.add(sequence, rows);
        return rows;
    }

    /** Sees to a place and to memory for a sequence; others may have to give theirs up. */
    private boolean admit(Sequence sequence, int rows) {
        while (sequence.state() == null && roster.running() >= options.runningSequences()) {
            if (!preemptFor(sequence)) {
                return false;
            }
        }
        while (!memory.promise(sequence, rows, roster.committed(sequence))) {
            if (!preemptFor(sequence)) {
                return false;
            }
        }
        return true;
    }

    private boolean preemptFor(Sequence sequence) {
        Tenant own = roster.tenant(sequence);
        for (Sequence victim : preemptable(sequence)) {
            if (yields(victim, sequence, own)) {
                preempt(victim);
                return true;
            }
        }
        return false;
    }

    /**
     * Running sequences outside of this step, the ones to give way first in front: unread, less important, younger. Those
     * that the model holds back count as inside.
     */
    private List<Sequence> preemptable(Sequence sequence) {
        return roster.sequences().stream()
                .filter(other -> other.state() != null && other != sequence && !other.held() && !plan.has(other))
                .sorted(Comparator.comparing(
                                (Sequence other) -> !other.generation().full())
                        .thenComparingInt(other -> other.request().origin().priority())
                        .thenComparingLong(other -> -other.job().number())
                        .thenComparingInt(other -> -other.choice()))
                .toList();
    }

    /**
     * Whether one gives way to another: to a more important one, to an older one of the same tenant, and to one of a
     * tenant that has less, as long as its own still has no less afterwards, so that it cannot go to and fro.
     */
    private boolean yields(Sequence victim, Sequence sequence, Tenant own) {
        int difference = Integer.compare(
                victim.request().origin().priority(),
                sequence.request().origin().priority());
        if (difference != 0 || victim.generation().full()) {
            return difference < 0 || victim.generation().full();
        }
        Tenant other = roster.tenant(victim);
        if (other == own) {
            return Tenant.BY_RANK.compare(sequence, victim) < 0;
        }
        int afterwards = own.running().size() + (sequence.state() == null ? 1 : 0);
        return other.running().size() - 1 >= afterwards;
    }

    private void preempt(Sequence victim) {
        victim.generation().preempted();
        events.preempted(victim);
        roster.stop(victim);
    }

    /** Enters what was computed into the books, and lets go of what is over. */
    void settle(Plan done) {
        for (Plan.Part part : done.parts()) {
            Sequence sequence = part.sequence();
            sequence.lastStep(step);
            sequence.suspect(false);
            if (!sequence.generation().ended()) {
                memory.advanced(sequence);
            }
        }
        roster.reap();
    }
}
