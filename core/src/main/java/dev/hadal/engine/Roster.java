package dev.hadal.engine;

import dev.hadal.model.SequenceState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/** All sequences of the engine, by tenant: who enters, who gets or loses a state, and who is over. */
final class Roster {
    private final Memory memory;
    private final EngineOptions.ReaderLimits readers;
    private final LongSupplier clock;
    private final EngineEvents events;
    private final Map<String, Tenant> tenants = new LinkedHashMap<>();
    private final List<Sequence> suspects = new ArrayList<>();
    /** How many ids an answer has, by the last ones. */
    private double tokensOfEnded;
    /** How long the model held an answer back, by the last ones. */
    private double heldOfEnded;

    Roster(Memory memory, EngineOptions.ReaderLimits readers, LongSupplier clock, EngineEvents events) {
        this.memory = memory;
        this.readers = readers;
        this.clock = clock;
        this.events = events;
    }

    /** A new sequence. */
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

    Tenant tenant(Sequence sequence) {
        return tenants.computeIfAbsent(sequence.request().origin().tenant(), Tenant::new);
    }

    /** Those who have sequences here. */
    List<Tenant> tenants() {
        return tenants.values().stream().filter(tenant -> !tenant.idle()).toList();
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

    /** How many sequences have a state. */
    int running() {
        return tenants.values().stream()
                .mapToInt(tenant -> tenant.running().size())
                .sum();
    }

    /** What the prompts that are being read will still take; a new sequence must not be in their way. */
    long committed(Sequence newcomer) {
        long bytes = 0;
        if (newcomer.state() == null) {
            for (Tenant tenant : tenants.values()) {
                for (Sequence sequence : tenant.running()) {
                    bytes += sequence.pending() > 1 ? memory.outstanding(sequence) : 0;
                }
            }
        }
        return bytes;
    }

    /** Sequences that have to be computed alone. */
    List<Sequence> suspects() {
        suspects.removeIf(suspect -> suspect.generation().ended() || !suspect.suspect());
        return suspects;
    }

    /** Gives a waiting sequence a state; false if the process has no memory for it, which ends it. */
    boolean start(Sequence sequence) {
        try {
            memory.open(sequence);
        } catch (OutOfMemoryError e) {
            sequence.generation().fail(outOfMemory(e));
            return false;
        }
        Tenant tenant = tenant(sequence);
        tenant.waiting().remove(sequence);
        tenant.running().add(sequence);
        return true;
    }

    /** Takes a running sequence's state away; it keeps its ids and starts over when its turn comes. */
    void stop(Sequence sequence) {
        memory.drop(sequence);
        Tenant tenant = tenant(sequence);
        tenant.running().remove(sequence);
        tenant.waiting().add(sequence);
    }

    /** The model wants a sequence's next rows later, or no longer does. */
    void hold(Sequence sequence, boolean held) {
        sequence.held(held, clock.getAsLong());
    }

    /** A step failed: what its sequences remember is void, and each is computed again alone, to find who is at fault. */
    void restart(Plan failed) {
        for (Plan.Part part : failed.parts()) {
            Sequence sequence = part.sequence();
            stop(sequence);
            sequence.suspect(true);
            suspects.add(sequence);
        }
    }

    /** The sequences that choose an id from the row that a sequence has left: itself and those that waited for it. */
    List<Sequence> choosing(Sequence lead) {
        List<Sequence> followers = lead.job().followers();
        if (followers.isEmpty()) {
            return List.of(lead);
        }
        List<Sequence> choosing = new ArrayList<>(List.of(lead));
        for (Sequence follower : followers) {
            if (!follower.generation().ended() && fork(lead, follower)) {
                follower.shares(true);
                follower.generation().begin(GenerationUsage.Prefix.shared(lead.computed()));
                tenant(lead).running().add(follower);
                choosing.add(follower);
            }
        }
        followers.clear();
        lead.shares(true);
        return choosing;
    }

    /** How much there is to do. */
    Load load(Pace pace, EngineOptions options) {
        int writing = 0;
        Map<String, Load.Waiting> waiting = new HashMap<>();
        Map<String, Long> pending = new HashMap<>();
        for (Sequence sequence : sequences()) {
            String tenant = sequence.request().origin().tenant();
            if (sequence.state() == null && !sequence.generation().begun()) {
                waiting.merge(tenant, new Load.Waiting(1, sequence.known()), Load.Waiting::plus);
            }
            if (sequence.pending() > 1) {
                pending.merge(tenant, (long) sequence.pending(), Long::sum);
            } else {
                writing++;
            }
        }
        boolean full = running() >= options.runningSequences();
        double answerNanos = tokensOfEnded * pace.nanos(writing, 0) + heldOfEnded;
        double placeNanos = full ? answerNanos / Math.max(1, options.runningSequences()) : 0;
        double promptNanos =
                pace.promptNanosBeside(writing, options.stepTarget().toNanos());
        return new Load(waiting, running(), pending, new Load.Speed(promptNanos, placeNanos));
    }

    private boolean fork(Sequence lead, Sequence follower) {
        try {
            follower.state(Objects.requireNonNull(lead.state()).fork());
            return true;
        } catch (OutOfMemoryError e) {
            follower.generation().fail(outOfMemory(e));
            events.ended(follower);
            return false;
        }
    }

    private static GenerationException outOfMemory(OutOfMemoryError cause) {
        return new GenerationException(
                GenerationException.Fault.OUT_OF_MEMORY,
                "there is no memory for the state of this sequence: " + cause.getMessage()
                        + "; give the process more, or the engine a smaller budget",
                cause);
    }

    /** Lets go of all sequences that are over. */
    void reap() {
        long now = clock.getAsLong();
        for (Tenant tenant : tenants.values()) {
            for (Sequence sequence :
                    tenant.running().stream().filter(any -> over(any, now)).toList()) {
                tenant.running().remove(sequence);
                leave(sequence, tenant);
            }
            for (Sequence sequence :
                    tenant.waiting().stream().filter(any -> over(any, now)).toList()) {
                tenant.waiting().remove(sequence);
                leave(sequence, tenant);
            }
        }
        // Who comes back starts where the others are, so nothing about him needs to be remembered.
        tenants.values().removeIf(Tenant::idle);
    }

    /** When the first of several choices ends before the prompt is read, the next one goes on in its place. */
    private void leave(Sequence ended, Tenant tenant) {
        events.ended(ended);
        tokensOfEnded = 0.9 * tokensOfEnded + 0.1 * ended.sampled();
        heldOfEnded = 0.9 * heldOfEnded + 0.1 * ended.heldNanos(clock.getAsLong());
        List<Sequence> followers = ended.job().followers();
        followers.removeIf(follower -> follower.generation().ended());
        if (followers.isEmpty()) {
            memory.retire(ended);
            return;
        }
        Sequence heir = followers.removeFirst();
        SequenceState state = ended.release();
        if (state == null) {
            tenant.waiting().add(heir);
        } else {
            heir.state(state);
            heir.shares(ended.shares());
            heir.generation().begin(GenerationUsage.Prefix.shared(heir.computed()));
            tenant.running().add(heir);
        }
    }

    private boolean over(Sequence sequence, long now) {
        Generation generation = sequence.generation();
        Duration deadline = sequence.request().origin().deadline();
        if (generation.cancelled()) {
            generation.end(EndReason.CANCELLED, -1);
        } else if (deadline != null && now - generation.submitted() >= deadline.toNanos()) {
            generation.end(EndReason.DEADLINE, -1);
        } else if (generation.full()
                && now - generation.lastProgress() >= readers.patience().toNanos()) {
            generation.fail(new GenerationException(
                    GenerationException.Fault.STUCK_READER,
                    "nobody has read this generation for " + readers.patience() + " although " + readers.ids()
                            + " ids are waiting; take what it gives, or cancel it",
                    null));
        }
        return generation.ended();
    }
}
