package dev.hadal.engine;

import dev.hadal.model.LanguageModel;
import dev.hadal.model.SequenceState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Decides which rows are computed next. Each sequence that is being written gets its one row; chunks of prompts fill the
 * step up to its target, or the whole batch if nothing is being written.
 *
 * <p>Where several tenants have work, each gets in a step what the one that asks for least gets, measured by the time
 * that the rows are expected to take; what a tenant did not want it cannot ask for later. So nobody waits more than
 * twice as long as on a machine of his own because of one other, however much that one asks for.
 */
final class Scheduler {
    /** A step that answers are waiting for reads at least so much of a prompt, so that prompts come to an end too. */
    private static final int LEAST_PROMPT_ROWS = 8;

    private static final double PRIORITY_WEIGHT = 4;

    private final LanguageModel model;
    private final EngineOptions options;
    private final Pace pace;
    private final LongSupplier clock;
    private final Map<String, Tenant> tenants = new LinkedHashMap<>();
    private final Plan plan = new Plan();
    private final List<Sequence> suspects = new ArrayList<>();
    private long step;
    private boolean suspectsTurn;

    Scheduler(LanguageModel model, EngineOptions options, Pace pace, LongSupplier clock) {
        this.model = model;
        this.options = options;
        this.pace = pace;
        this.clock = clock;
    }

    /** A new sequence, or one that starts over. */
    void enter(Sequence sequence) {
        Tenant tenant = tenant(sequence);
        if (tenant.idle()) {
            tenants.values().stream()
                    .filter(other -> !other.idle())
                    .mapToDouble(Tenant::served)
                    .min()
                    .ifPresent(tenant::forgo);
        }
        tenant.waiting().add(sequence);
    }

    private Tenant tenant(Sequence sequence) {
        return tenants.computeIfAbsent(sequence.request().origin().tenant(), Tenant::new);
    }

    /** Whether anything is left to do, now or when a reader has caught up. */
    boolean hasWork() {
        return tenants.values().stream().anyMatch(tenant -> !tenant.idle());
    }

    /** All sequences that are waiting or running. */
    List<Sequence> sequences() {
        List<Sequence> all = new ArrayList<>();
        for (Tenant tenant : tenants.values()) {
            all.addAll(tenant.running());
            all.addAll(tenant.waiting());
        }
        return all;
    }

    int running() {
        return tenants.values().stream()
                .mapToInt(tenant -> tenant.running().size())
                .sum();
    }

    /** The rows of the next step; empty if nothing can be done now. */
    Plan next() {
        plan.clear();
        reap();
        step++;
        suspects.removeIf(suspect -> suspect.generation().ended() || !suspect.suspect());
        suspectsTurn = !suspects.isEmpty() && !suspectsTurn;
        if (suspectsTurn) {
            Sequence suspect = suspects.getFirst();
            addRows(tenant(suspect), suspect, model.limits().batchRows());
            return plan;
        }
        List<Tenant> active = tenants.values().stream()
                .filter(tenant ->
                        !tenant.decoding().isEmpty() || !tenant.reading().isEmpty())
                .sorted(Comparator.comparingDouble(Tenant::served))
                .toList();
        double ceiling = ceiling(active);
        active.forEach(tenant -> addDecoding(tenant, ceiling));
        addPrompts(active, ceiling);
        if (active.size() > 1) {
            active.forEach(tenant -> tenant.forgo(ceiling));
        }
        return plan;
    }

    /** Up to where each tenant may be served in this step: where the one that asks for least is then. */
    private double ceiling(List<Tenant> active) {
        double ceiling = Double.POSITIVE_INFINITY;
        if (active.size() > 1) {
            for (Tenant tenant : active) {
                ceiling = Math.min(ceiling, tenant.served() + demand(tenant));
            }
        }
        return ceiling;
    }

    private double demand(Tenant tenant) {
        int decodeRows = tenant.decoding().size();
        int promptRows = 0;
        int room = promptRoom(decodeRows);
        for (Sequence sequence : tenant.reading()) {
            promptRows = Math.min(room, promptRows + sequence.pending());
        }
        return pace.nanos(decodeRows, promptRows);
    }

    private int promptRoom(int decodeRows) {
        int room = model.limits().batchRows() - decodeRows;
        if (decodeRows == 0) {
            return room;
        }
        int fitting = pace.promptRows(decodeRows, options.stepTarget().toNanos());
        return Math.min(room, Math.max(LEAST_PROMPT_ROWS, fitting));
    }

    private void addDecoding(Tenant tenant, double ceiling) {
        for (Sequence sequence : tenant.decoding()) {
            if (tenant.served() >= ceiling
                    || plan.batch().rows() >= model.limits().batchRows()) {
                return;
            }
            addRows(tenant, sequence, 1);
        }
    }

    private void addPrompts(List<Tenant> active, double ceiling) {
        int room = promptRoom(plan.decodeRows());
        for (Tenant tenant : active) {
            for (Sequence sequence : tenant.reading()) {
                if (tenant.served() >= ceiling || room <= 0) {
                    break;
                }
                double share = (ceiling - tenant.served()) / pace.promptNanos();
                int rows = (int) Math.min(room, Math.max(1, share));
                room -= addRows(tenant, sequence, rows);
            }
        }
    }

    /** Adds as many rows of a sequence as are allowed and pending, and returns how many, 0 if it cannot run now. */
    private int addRows(Tenant tenant, Sequence sequence, int most) {
        int rows = Math.min(most, sequence.pending());
        if (sequence.state() == null) {
            if (running() >= options.runningSequences()) {
                return 0;
            }
            tenant.waiting().remove(sequence);
            tenant.running().add(sequence);
            sequence.state(model.newState());
            sequence.generation().begin(0);
        }
        double weight = Math.pow(PRIORITY_WEIGHT, sequence.request().origin().priority());
        boolean decode = sequence.pending() == 1;
        tenant.serve((decode ? pace.decodeNanos() : rows * pace.promptNanos()) / weight);
        plan.add(sequence, rows);
        return rows;
    }

    /** Enters what was computed into the books, and lets go of what is over. */
    void settle(Plan done) {
        for (Plan.Part part : done.parts()) {
            part.sequence().lastStep(step);
            part.sequence().suspect(false);
        }
        reap();
    }

    /** The sequences that choose an id from the row that a sequence has left: itself and those that waited for it. */
    List<Sequence> choosing(Sequence lead) {
        List<Sequence> followers = lead.job().followers();
        if (followers.isEmpty()) {
            return List.of(lead);
        }
        List<Sequence> choosing = new ArrayList<>(List.of(lead));
        for (Sequence follower : followers) {
            if (!follower.generation().ended()) {
                follower.state(Objects.requireNonNull(lead.state()).fork());
                follower.generation().begin(lead.computed());
                tenant(lead).running().add(follower);
                choosing.add(follower);
            }
        }
        followers.clear();
        return choosing;
    }

    /** A step failed: what its sequences remember is void, and each is computed again alone, to find who is at fault. */
    void restart(Plan failed) {
        for (Plan.Part part : failed.parts()) {
            Sequence sequence = part.sequence();
            drop(sequence);
            Tenant tenant = tenant(sequence);
            tenant.running().remove(sequence);
            if (!sequence.generation().ended()) {
                sequence.suspect(true);
                suspects.add(sequence);
                tenant.waiting().add(sequence);
            }
        }
        suspectsTurn = false;
    }

    private static void drop(Sequence sequence) {
        SequenceState state = sequence.release();
        if (state != null) {
            state.close();
        }
    }

    private void reap() {
        long now = clock.getAsLong();
        for (Tenant tenant : tenants.values()) {
            for (Sequence sequence : List.copyOf(tenant.running())) {
                if (over(sequence, now)) {
                    tenant.running().remove(sequence);
                    succeed(sequence, tenant);
                }
            }
            for (Sequence sequence : List.copyOf(tenant.waiting())) {
                if (over(sequence, now)) {
                    tenant.waiting().remove(sequence);
                    succeed(sequence, tenant);
                }
            }
        }
        tenants.values().removeIf(tenant -> tenant.idle() && tenant.served() == 0);
    }

    /** When the first of several choices ends before the prompt is read, the next one goes on in its place. */
    private void succeed(Sequence ended, Tenant tenant) {
        List<Sequence> followers = ended.job().followers();
        followers.removeIf(follower -> follower.generation().ended());
        if (followers.isEmpty()) {
            drop(ended);
            return;
        }
        Sequence heir = followers.removeFirst();
        SequenceState state = ended.release();
        if (state == null) {
            tenant.waiting().add(heir);
        } else {
            heir.state(state);
            heir.generation().begin(0);
            tenant.running().add(heir);
        }
    }

    private boolean over(Sequence sequence, long now) {
        Generation generation = sequence.generation();
        var deadline = sequence.request().origin().deadline();
        if (generation.cancelled()) {
            generation.end(EndReason.CANCELLED, -1);
        } else if (deadline != null && now - generation.submitted() >= deadline.toNanos()) {
            generation.end(EndReason.DEADLINE, -1);
        } else if (generation.full()
                && now - generation.lastProgress()
                        >= options.readers().patience().toNanos()) {
            generation.fail(new GenerationException(
                    GenerationException.Fault.STUCK_READER,
                    "nobody has read this generation for " + options.readers().patience() + " although "
                            + options.readers().ids() + " ids are waiting; take what it gives, or cancel it",
                    null));
        }
        return generation.ended();
    }
}
