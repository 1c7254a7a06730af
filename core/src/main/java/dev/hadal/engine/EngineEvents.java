package dev.hadal.engine;

import dev.hadal.cache.PrefixMatch;
import java.util.concurrent.atomic.LongAdder;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * Where the engine says what it does: counters, and events of the Java Flight Recorder under {@code dev.hadal}. Nothing
 * else in it reports anything. An event that nobody records costs a test of a flag.
 */
final class EngineEvents {
    private static final String CATEGORY = "Hadal";

    private final LongAdder submitted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder steps = new LongAdder();
    private final LongAdder promptRows = new LongAdder();
    private final LongAdder decodeRows = new LongAdder();
    private final LongAdder sampled = new LongAdder();
    private final LongAdder reused = new LongAdder();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder failedSteps = new LongAdder();
    private final LongAdder preemptions = new LongAdder();
    private final LongAdder aloneSteps = new LongAdder();
    private final LongAdder aloneNanos = new LongAdder();

    /** One batch. */
    @Name("dev.hadal.Step")
    @Category(CATEGORY)
    @StackTrace(false)
    static final class Step extends Event {
        int sequences;
        int promptRows;
        int decodeRows;
        boolean failed;

        @DataAmount
        long stateBytes;
    }

    /** One request that was refused. */
    @Name("dev.hadal.Refusal")
    @Category(CATEGORY)
    @StackTrace(false)
    static final class Refusal extends Event {
        String tenant = "";
        String label = "";
        String reason = "";
    }

    /** What was known of one prompt. */
    @Name("dev.hadal.PrefixLookup")
    @Category(CATEGORY)
    @StackTrace(false)
    static final class PrefixLookup extends Event {
        String tenant = "";
        String label = "";
        int tokens;
        int matched;
        int reused;
        String cause = "";
    }

    /** A state that was taken away. */
    @Name("dev.hadal.Preemption")
    @Category(CATEGORY)
    @StackTrace(false)
    static final class Preemption extends Event {
        String tenant = "";
        String label = "";
        int tokens;
    }

    /** A generation that is over, whatever its end. */
    @Name("dev.hadal.Generation")
    @Category(CATEGORY)
    @StackTrace(false)
    static final class Over extends Event {
        String tenant = "";
        String label = "";
        int choice;
        String end = "";
        int promptTokens;
        int reusedTokens;
        long computedTokens;
        int sampledTokens;
        int preemptions;

        @Timespan(Timespan.NANOSECONDS)
        long queued;

        @Timespan(Timespan.NANOSECONDS)
        long firstToken;

        @Timespan(Timespan.NANOSECONDS)
        long total;

        @Timespan(Timespan.NANOSECONDS)
        long perToken;

        @Timespan(Timespan.NANOSECONDS)
        long longestGap;
    }

    void submitted() {
        submitted.increment();
    }

    void refused(Origin origin, AdmissionException.Reason reason) {
        refused.increment();
        Refusal event = new Refusal();
        if (event.shouldCommit()) {
            event.tenant = origin.tenant();
            event.label = origin.label();
            event.reason = reason.name();
            event.commit();
        }
    }

    /** A step begins; its end is told by {@link #computed}. */
    Step begin() {
        Step step = new Step();
        step.begin();
        return step;
    }

    void computed(Step step, Plan plan, long stateBytes, boolean success) {
        steps.increment();
        if (success) {
            promptRows.add(plan.promptRows());
            decodeRows.add(plan.decodeRows());
        } else {
            failedSteps.increment();
        }
        if (step.shouldCommit()) {
            step.sequences = plan.parts().size();
            step.promptRows = plan.promptRows();
            step.decodeRows = plan.decodeRows();
            step.stateBytes = stateBytes;
            step.failed = !success;
            step.commit();
        }
    }

    /** What a successful step took. */
    void took(Plan plan, long nanos) {
        if (plan.decodeRows() == 1 && plan.promptRows() == 0) {
            aloneNanos.add(nanos);
            aloneSteps.increment();
        }
    }

    void looked(Sequence sequence, PrefixMatch match) {
        (match.reused() > 0 ? hits : misses).increment();
        reused.add(match.reused());
        PrefixLookup event = new PrefixLookup();
        if (event.shouldCommit()) {
            event.tenant = sequence.request().origin().tenant();
            event.label = sequence.request().origin().label();
            event.tokens = sequence.known();
            event.matched = match.matched();
            event.reused = match.reused();
            event.cause = match.cause().name();
            event.commit();
        }
    }

    void preempted(Sequence sequence) {
        preemptions.increment();
        Preemption event = new Preemption();
        if (event.shouldCommit()) {
            event.tenant = sequence.request().origin().tenant();
            event.label = sequence.request().origin().label();
            event.tokens = sequence.computed();
            event.commit();
        }
    }

    void ended(Sequence sequence) {
        Generation generation = sequence.generation();
        GenerationUsage usage = generation.usage();
        String end = generation.ending();
        ended.increment();
        sampled.add(usage.sampledTokens());
        if (generation.failed()) {
            failed.increment();
        } else if (generation.cancelled()) {
            cancelled.increment();
        }
        Over event = new Over();
        if (event.shouldCommit()) {
            event.tenant = sequence.request().origin().tenant();
            event.label = sequence.request().origin().label();
            event.choice = sequence.choice();
            event.end = end;
            event.promptTokens = usage.promptTokens();
            event.reusedTokens = usage.prefix().reusedTokens();
            event.computedTokens = usage.computedTokens();
            event.sampledTokens = usage.sampledTokens();
            event.preemptions = usage.preemptions();
            event.queued = usage.timings().started().toNanos();
            event.firstToken = usage.timings().firstToken().toNanos();
            event.total = usage.timings().ended().toNanos();
            event.perToken = usage.timings().perToken().toNanos();
            event.longestGap = usage.timings().longestGap().toNanos();
            event.commit();
        }
    }

    /** All counts so far. */
    EngineCounters counters() {
        return new EngineCounters(
                submitted.sum(),
                refused.sum(),
                ended.sum(),
                failed.sum(),
                cancelled.sum(),
                new EngineCounters.Tokens(
                        steps.sum(),
                        promptRows.sum(),
                        decodeRows.sum(),
                        sampled.sum(),
                        reused.sum(),
                        hits.sum(),
                        misses.sum()),
                new EngineCounters.Trouble(failedSteps.sum(), preemptions.sum()),
                new EngineCounters.Alone(aloneSteps.sum(), aloneNanos.sum()));
    }
}
