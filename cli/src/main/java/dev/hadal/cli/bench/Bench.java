package dev.hadal.cli.bench;

import dev.hadal.DeepSeek;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.SequenceState;
import dev.hadal.model.v4.DeepSeekV4;
import dev.hadal.model.v4.StepTimes;
import dev.hadal.model.v4.V4Plan;
import dev.hadal.model.v4.WeightReads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Times workloads on a model. Each is run unmeasured until the just-in-time compiler has come to rest, then as often as
 * asked for, always from a fork of the same state: of a sequence of the wanted depth whose content is drawn from a seed. Tokens are drawn too, so that experts are
 * used as evenly as a text uses them.
 */
public final class Bench {
    private static final long SEED = 20_260_424;

    private final DeepSeekV4 model;
    private final V4Plan plan;
    private final WeightReads reads;
    private final int repeats;
    private final WarmUp warmUp;
    private final Logits logits;
    private SequenceState deep;

    /**
     * A bench.
     *
     * @param deepSeek what to measure
     * @param repeats measured runs of each workload
     * @param mostParallel largest number of sequences at once
     * @param mostWarmUp after which no other unmeasured run of a workload begins
     */
    public Bench(DeepSeek deepSeek, int repeats, int mostParallel, Duration mostWarmUp) {
        this.model = deepSeek.model();
        this.plan = deepSeek.info().plan();
        this.reads = WeightReads.of(deepSeek.info().config(), deepSeek.tensors());
        this.repeats = repeats;
        this.warmUp = WarmUp.ofThisProcess(mostWarmUp.toNanos());
        this.logits = new Logits(mostParallel, model.limits().vocabulary());
        this.deep = model.newState();
    }

    /** Measures one workload; neighbours of the same depth share its state, so measure them one after the other. */
    public Measurement measure(Workload workload) {
        if (deep.length() != workload.depth()) {
            // Let go of the old one first: both may not fit.
            deep.close();
            deep = model.syntheticState(workload.depth(), SEED);
        }
        List<Measurement.Run> runs = new ArrayList<>();
        WarmUp.Outcome before = warmUp.run(() -> run(workload));
        StepTimes times = StepTimes.of(model.threads());
        model.measure(times);
        for (int repeat = 0; repeat < repeats; repeat++) {
            runs.add(run(workload));
        }
        model.measure(null);
        return new Measurement(workload, before, runs, times, weightBytes(workload), matrixFlops(workload));
    }

    /** Bytes of weights that one decoded token reads. */
    public long bytesPerToken() {
        return Math.round(reads.bytes(1, true));
    }

    /** Memory of one sequence at the depth measured last, in bytes. */
    public long stateBytes() {
        return deep.bytes();
    }

    private Measurement.Run run(Workload workload) {
        List<SequenceState> sequences = IntStream.range(0, workload.parallel())
                .mapToObj(i -> deep.fork())
                .toList();
        int[] tokens = new SplittableRandom(SEED)
                .ints(workload.totalTokens(), 0, logits.vocabulary())
                .toArray();
        Duration cpu = cpu();
        long start = System.nanoTime();
        switch (workload.kind()) {
            case PREFILL -> prefill(sequences.getFirst(), tokens);
            case DECODE -> decode(sequences, tokens, workload.tokens());
        }
        long wallNanos = System.nanoTime() - start;
        sequences.forEach(SequenceState::close);
        return new Measurement.Run(wallNanos, cpu().minus(cpu).toNanos());
    }

    private void prefill(SequenceState sequence, int[] tokens) {
        int rows = model.limits().batchRows();
        Batch batch = new Batch();
        for (int from = 0; from < tokens.length; from += rows) {
            int to = Math.min(tokens.length, from + rows);
            batch.clear();
            batch.add(sequence, tokens, from, to, to == tokens.length ? Batch.Wanted.LAST : Batch.Wanted.NONE);
            model.forward(batch, logits);
        }
    }

    private void decode(List<SequenceState> sequences, int[] tokens, int steps) {
        Batch batch = new Batch();
        for (int step = 0; step < steps; step++) {
            batch.clear();
            for (int i = 0; i < sequences.size(); i++) {
                int at = i * steps + step;
                batch.add(sequences.get(i), tokens, at, at + 1, Batch.Wanted.LAST);
            }
            model.forward(batch, logits);
        }
    }

    private double weightBytes(Workload workload) {
        if (workload.kind() == Workload.Kind.DECODE) {
            return workload.tokens() * reads.bytes(workload.parallel(), true);
        }
        int rows = model.limits().batchRows();
        double bytes = 0;
        for (int from = 0; from < workload.tokens(); from += rows) {
            int to = Math.min(workload.tokens(), from + rows);
            bytes += reads.bytes(to - from, to == workload.tokens());
        }
        return bytes;
    }

    private double matrixFlops(Workload workload) {
        long rows = workload.totalTokens();
        return plan.matrixFlops(rows, workload.kind() == Workload.Kind.DECODE ? rows : 1);
    }

    /** Processor time of this process so far. */
    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }
}
