package dev.hadal.engine;

import dev.hadal.cache.CacheStatus;
import dev.hadal.cache.PrefixTree;
import dev.hadal.engine.AdmissionException.Reason;
import dev.hadal.engine.GenerationException.Fault;
import dev.hadal.model.LanguageModel;
import dev.hadal.model.Logits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Many generations on one model. They are submitted from any thread and computed together on the engine's own; each
 * gives exactly the ids that it gives alone.
 *
 * <p>The model belongs to the engine until it is closed: nobody else may call its {@code forward} meanwhile.
 */
public final class Engine implements AutoCloseable {
    private static final long STALL_NANOS = 20_000_000;

    private final LanguageModel model;
    private final EngineOptions options;
    private final LongSupplier clock;
    private final EngineEvents events = new EngineEvents();
    private final Admission admission;
    private final Memory memory;
    private final Roster roster;
    private final Scheduler scheduler;
    private final Health health;
    private final Pace pace = new Pace();
    private final Chooser chooser;
    private final Logits logits;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Job> submitted = new ArrayDeque<>();
    private Load load = Load.none();
    private long jobs;
    private boolean accepting = true;
    private boolean closing;
    private boolean woken;
    private boolean busy;
    private boolean stalled;
    private final Thread thread;

    /** An engine that works until it is closed. */
    public Engine(LanguageModel model, EngineOptions options) {
        this(model, options, System::nanoTime);
        thread.start();
    }

    /** An engine whose steps and time are the caller's. */
    Engine(LanguageModel model, EngineOptions options, LongSupplier clock) {
        this.model = model;
        this.options = options;
        this.clock = clock;
        this.admission = new Admission(model, options);
        this.health = new Health(options, clock);
        this.memory = new Memory(model, options, events);
        this.roster = new Roster(memory, options.readers(), clock, events);
        this.scheduler = new Scheduler(new Scheduler.Parts(roster, memory, pace, events), model, options);
        int vocabulary = options.vocabulary() == 0
                ? model.limits().vocabulary()
                : Math.min(options.vocabulary(), model.limits().vocabulary());
        this.chooser = new Chooser(vocabulary, model.limits().context());
        int rows = Math.min(options.runningSequences(), model.limits().batchRows());
        this.logits = new Logits(rows, model.limits().vocabulary());
        this.thread = Thread.ofPlatform().name("hadal-engine").daemon().unstarted(this::work);
    }

    /**
     * Starts a generation for each choice of a request; never waits for a computation.
     *
     * @throws AdmissionException if it is refused; nothing has been computed for it then
     */
    public List<Generation> submit(GenerationRequest request) {
        try {
            admission.requirePossible(request);
            lock.lock();
            try {
                requireAccepting();
                admission.requireRoom(request, load);
                return enqueue(request);
            } finally {
                lock.unlock();
            }
        } catch (AdmissionException refusal) {
            events.refused(request.origin(), refusal.reason());
            throw refusal;
        }
    }

    /**
     * Refuses what {@link #submit} would refuse however short its prompt is, for callers to whom the prompt is work. What
     * passes may be refused all the same when it is submitted.
     *
     * @throws AdmissionException if a request from there has no chance now
     */
    public void requireRoom(Origin origin) {
        lock.lock();
        try {
            requireAccepting();
            admission.requireRoom(origin, load);
        } catch (AdmissionException refusal) {
            events.refused(origin, refusal.reason());
            throw refusal;
        } finally {
            lock.unlock();
        }
    }

    private void requireAccepting() {
        if (!accepting) {
            throw new AdmissionException(Reason.SHUT_DOWN, "the engine accepts no more requests", null);
        }
    }

    private List<Generation> enqueue(GenerationRequest request) {
        Job job = new Job(request, jobs++);
        List<Generation> generations = new ArrayList<>();
        for (int choice = 0; choice < request.output().choices(); choice++) {
            Generation generation =
                    new Generation(request, choice, options.readers().ids(), clock, _ -> wake());
            generations.add(generation);
            job.followers().add(new Sequence(job, choice, generation));
        }
        submitted.add(job);
        load = load.with(request);
        events.submitted();
        signal();
        return List.copyOf(generations);
    }

    /** One step: what is next, computed, chosen from, settled. False if there is nothing left to do. */
    boolean step() {
        admit();
        Plan plan = scheduler.next();
        if (!plan.isEmpty() && forward(plan)) {
            for (Plan.Part part : plan.sampled()) {
                for (Sequence sequence : roster.choosing(part.sequence())) {
                    if (!chooser.choose(sequence, logits, part.logitsRow())) {
                        memory.distrust(sequence);
                    }
                }
            }
            scheduler.settle(plan);
        }
        return report(plan);
    }

    private void admit() {
        lock.lock();
        try {
            for (Job job = submitted.poll(); job != null; job = submitted.poll()) {
                roster.enter(job.followers().removeFirst());
                busy = true;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Computes a plan; false if that failed. */
    private boolean forward(Plan plan) {
        EngineEvents.Step event = events.begin();
        long start = health.stepBegins();
        try {
            model.forward(plan.batch(), logits);
        } catch (RuntimeException | Error e) {
            health.stepFailed();
            fail(plan, e);
            events.computed(event, plan, memory.usedBytes(), false);
            return false;
        }
        long nanos = clock.getAsLong() - start;
        pace.observe(plan.decodeRows(), plan.promptRows(), nanos);
        events.took(plan, nanos);
        health.stepSucceeded();
        plan.parts().forEach(part -> part.sequence().computed(part.rows()));
        events.computed(event, plan, memory.usedBytes(), true);
        return true;
    }

    /** Who was alone is at fault; who was not is computed again alone. */
    private void fail(Plan plan, Throwable cause) {
        if (plan.parts().size() == 1) {
            Sequence sequence = plan.parts().getFirst().sequence();
            GenerationException failure = new GenerationException(
                    cause instanceof OutOfMemoryError ? Fault.OUT_OF_MEMORY : Fault.MODEL,
                    "the computation failed after position " + sequence.computed() + ", where this sequence was alone: "
                            + cause,
                    cause);
            sequence.generation().fail(failure);
            sequence.job().followers().forEach(follower -> follower.generation().fail(failure));
        }
        if (cause instanceof OutOfMemoryError) {
            memory.forget();
        }
        roster.restart(plan);
        roster.reap();
    }

    /** Tells the other threads how things are; false if there is nothing left to do. */
    private boolean report(Plan plan) {
        Load now = roster.load(pace, options);
        lock.lock();
        try {
            load = now;
            for (Job job : submitted) {
                load = load.with(job.request());
            }
            stalled = plan.isEmpty();
            busy = !roster.tenants().isEmpty();
            changed.signalAll();
            return busy;
        } finally {
            lock.unlock();
        }
    }

    /** How the engine is. */
    public EngineStatus status() {
        lock.lock();
        try {
            return new EngineStatus(
                    closing && health.complaint().isEmpty() ? "the engine is closed" : health.complaint(),
                    accepting,
                    load.waitingRequests(),
                    load.runningSequences(),
                    memory.usedBytes(),
                    load.expectedWait("", 0));
        } finally {
            lock.unlock();
        }
    }

    /** What it has done. */
    public EngineCounters counters() {
        return events.counters();
    }

    /** Verifies what is remembered of sequences that are over, for tests. */
    PrefixTree memory() {
        return memory.prefixes();
    }

    /** What it remembers of sequences that are over. */
    public CacheStatus cacheStatus() {
        return memory.prefixes().status();
    }

    /**
     * Accepts nothing more, lets what there is come to an end, for at most so long, and then closes.
     *
     * @throws InterruptedException if this thread is interrupted while it waits; the engine is not closed then
     */
    public void drain(Duration limit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            accepting = false;
            long left = limit.toNanos();
            while (left > 0 && (busy || !submitted.isEmpty())) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
        close();
    }

    /** Ends all generations after the step that is being computed, and gives their memory back. */
    @Override
    public void close() {
        lock.lock();
        try {
            accepting = false;
            closing = true;
            signal();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        admit();
        endAll(generation -> generation.end(EndReason.SHUT_DOWN, -1));
        memory.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void endAll(Consumer<Generation> ending) {
        for (Sequence sequence : roster.sequences()) {
            ending.accept(sequence.generation());
            sequence.job().followers().forEach(follower -> ending.accept(follower.generation()));
        }
        roster.reap();
    }

    private void wake() {
        lock.lock();
        try {
            signal();
        } finally {
            lock.unlock();
        }
    }

    private void signal() {
        woken = true;
        changed.signalAll();
    }

    private void work() {
        try {
            while (awaitWork()) {
                step();
            }
        } catch (RuntimeException | Error e) {
            collapse(e);
        }
    }

    /** Waits until there is something to do; false once the engine is to close. */
    private boolean awaitWork() {
        lock.lock();
        try {
            while (!closing && !woken && (!busy || stalled)) {
                if (busy) {
                    // Readers are behind or the model bides its time, and deadlines may pass.
                    woken = changed.awaitNanos(Math.min(STALL_NANOS, scheduler.holdNanos())) <= 0;
                } else {
                    changed.awaitUninterruptibly();
                }
            }
            woken = false;
            return !closing;
        } catch (InterruptedException e) {
            // Nobody but the engine knows its thread; an interrupt has no meaning.
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The engine itself is at fault: nothing that it holds can be trusted any more. */
    private void collapse(Throwable cause) {
        lock.lock();
        try {
            accepting = false;
            closing = true;
            busy = false;
        } finally {
            lock.unlock();
        }
        health.collapsed(cause);
        admit();
        GenerationException failure =
                new GenerationException(Fault.ENGINE, "the engine failed and is closed: " + cause, cause);
        endAll(generation -> generation.fail(failure));
        wake();
    }
}
