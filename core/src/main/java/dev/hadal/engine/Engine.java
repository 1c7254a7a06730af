package dev.hadal.engine;

import dev.hadal.engine.AdmissionException.Reason;
import dev.hadal.engine.GenerationException.Fault;
import dev.hadal.model.LanguageModel;
import dev.hadal.model.Logits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
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
    private final Pace pace = new Pace();
    private final Scheduler scheduler;
    private final Chooser chooser;
    private final Logits logits;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Job> submitted = new ArrayDeque<>();
    private long jobs;
    private boolean accepting = true;
    private boolean closing;
    private boolean woken;
    private boolean busy;
    private boolean stalled;
    private final AtomicInteger faultsInARow = new AtomicInteger();
    private volatile int running;
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
        this.scheduler = new Scheduler(model, options, pace, clock);
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
        int context = model.limits().context();
        int vocabulary = model.limits().vocabulary();
        if (request.prompt().length >= context) {
            throw new AdmissionException(
                    Reason.TOO_LONG,
                    "the prompt of " + request.prompt().length + " tokens leaves no room in the context of " + context,
                    null);
        }
        for (int id : request.prompt()) {
            if (id < 0 || id >= vocabulary) {
                throw new AdmissionException(
                        Reason.INVALID_ID,
                        "token " + id + " of the prompt is not in the vocabulary of " + vocabulary + " ids",
                        null);
            }
        }
        lock.lock();
        try {
            if (!accepting) {
                throw new AdmissionException(Reason.SHUT_DOWN, "the engine accepts no more requests", null);
            }
            if (submitted.size() >= options.queue().requests()) {
                throw new AdmissionException(
                        Reason.QUEUE_REQUESTS,
                        submitted.size() + " requests are waiting, no more may",
                        Duration.ofSeconds(1));
            }
            Job job = new Job(request, jobs++);
            List<Generation> generations = new ArrayList<>();
            for (int choice = 0; choice < request.output().choices(); choice++) {
                Generation generation =
                        new Generation(request, choice, options.readers().ids(), clock, g -> wake());
                generations.add(generation);
                job.followers().add(new Sequence(job, choice, generation));
            }
            submitted.add(job);
            wakeLocked();
            return List.copyOf(generations);
        } finally {
            lock.unlock();
        }
    }

    /** One step: what is next, computed, chosen from, settled. False if there is nothing left to do. */
    boolean step() {
        admit();
        Plan plan = scheduler.next();
        if (!plan.isEmpty() && forward(plan)) {
            for (Plan.Part part : plan.sampled()) {
                for (Sequence sequence : scheduler.choosing(part.sequence())) {
                    chooser.choose(sequence, logits, part.logitsRow());
                }
            }
            scheduler.settle(plan);
        }
        stalled = plan.isEmpty();
        running = scheduler.running();
        return scheduler.hasWork();
    }

    private void admit() {
        lock.lock();
        try {
            for (Job job = submitted.poll(); job != null; job = submitted.poll()) {
                scheduler.enter(job.followers().removeFirst());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Computes a plan; false if that failed. */
    private boolean forward(Plan plan) {
        long start = clock.getAsLong();
        try {
            model.forward(plan.batch(), logits);
        } catch (RuntimeException | Error e) {
            fail(plan, e);
            return false;
        }
        plan.parts().forEach(part -> part.sequence().generation().computed(part.rows()));
        pace.observe(plan.decodeRows(), plan.promptRows(), clock.getAsLong() - start);
        faultsInARow.set(0);
        return true;
    }

    private void fail(Plan plan, Throwable cause) {
        faultsInARow.incrementAndGet();
        if (plan.parts().size() == 1) {
            Sequence sequence = plan.parts().getFirst().sequence();
            Fault fault = cause instanceof OutOfMemoryError ? Fault.OUT_OF_MEMORY : Fault.MODEL;
            GenerationException failure = new GenerationException(
                    fault,
                    "the computation failed at position " + sequence.computed() + ", where this sequence was alone: "
                            + cause,
                    cause);
            sequence.generation().fail(failure);
            sequence.job().followers().forEach(follower -> follower.generation().fail(failure));
        }
        scheduler.restart(plan);
    }

    /** How the engine is. */
    public EngineStatus status() {
        lock.lock();
        try {
            boolean healthy = faultsInARow.get() < options.faultsUntilUnhealthy() && !closing;
            return new EngineStatus(healthy, accepting, submitted.size(), running, 0, Duration.ZERO);
        } finally {
            lock.unlock();
        }
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
            wakeLocked();
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
        shutDown();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void wake() {
        lock.lock();
        try {
            wakeLocked();
        } finally {
            lock.unlock();
        }
    }

    private void wakeLocked() {
        woken = true;
        changed.signalAll();
    }

    private void work() {
        try {
            while (awaitWork()) {
                busy(step());
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
                    // Readers are behind, and deadlines may pass.
                    woken = changed.awaitNanos(STALL_NANOS) <= 0;
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

    private void busy(boolean more) {
        lock.lock();
        try {
            busy = more;
            changed.signalAll();
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
        } finally {
            lock.unlock();
        }
        admit();
        GenerationException failure =
                new GenerationException(Fault.ENGINE, "the engine failed and is closed: " + cause, cause);
        for (Sequence sequence : scheduler.sequences()) {
            sequence.generation().fail(failure);
            sequence.job().followers().forEach(follower -> follower.generation().fail(failure));
        }
        busy(false);
    }

    private void shutDown() {
        admit();
        for (Sequence sequence : scheduler.sequences()) {
            sequence.generation().end(EndReason.SHUT_DOWN, -1);
            sequence.job().followers().forEach(follower -> follower.generation().end(EndReason.SHUT_DOWN, -1));
        }
        scheduler.next();
    }
}
