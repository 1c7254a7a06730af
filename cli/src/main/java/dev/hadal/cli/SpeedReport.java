package dev.hadal.cli;

import dev.hadal.DeepSeek;
import dev.hadal.cli.bench.MachineProbe;
import dev.hadal.engine.EngineCounters;
import dev.hadal.engine.EngineStatus;
import dev.hadal.model.v4.WeightReads;
import dev.hadal.server.ops.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Tells whoever runs a server what computes, and how far that is from the machine's limit: a token that is computed alone
 * reads the weights it needs once, and no faster than the threads can read memory.
 */
final class SpeedReport {
    private static final System.Logger LOG = System.getLogger("dev.hadal.speed");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LOOK_AGAIN_MILLIS = 200;
    /** Tokens in which the compiler translates what is around the kernels; as many again are a measurement. */
    private static final int ENOUGH = 32;

    private final Metrics metrics;
    private final List<Watched> models;

    /** Bytes a second; 0 until it was measured. */
    private volatile double limit;

    /** A model, and what its counters said when everything was compiled. */
    private static final class Watched {
        private final String name;
        private final DeepSeek model;
        private final double bytes;
        private volatile EngineCounters.Alone before = new EngineCounters.Alone(0, 0);
        private volatile boolean warm;

        Watched(String name, DeepSeek model) {
            this.name = name;
            this.model = model;
            this.bytes = WeightReads.of(model.info().config(), model.tensors()).bytes(1, true);
        }

        /** Counts from now on. */
        void begin() {
            before = model.engine().counters().alone();
        }

        /** Whether enough was measured; what comes before that counts for nothing. */
        boolean measured() {
            if (!warm && since().steps() >= ENOUGH) {
                begin();
                warm = true;
            }
            return warm && since().steps() >= ENOUGH;
        }

        EngineCounters.Alone since() {
            EngineCounters.Alone now = model.engine().counters().alone();
            return new EngineCounters.Alone(now.steps() - before.steps(), now.nanos() - before.nanos());
        }

        /** Bytes of weights a second that tokens on their own have read; 0 if there were none. */
        double rate() {
            EngineCounters.Alone since = since();
            return !warm || since.nanos() == 0 ? 0 : bytes * since.steps() * 1e9 / since.nanos();
        }

        boolean idle() {
            EngineStatus status = model.engine().status();
            return status.runningSequences() == 0 && status.waitingRequests() == 0;
        }
    }

    /** A report on models by their names. */
    SpeedReport(Metrics metrics, Map<String, DeepSeek> models) {
        this.metrics = metrics;
        this.models = models.entrySet().stream()
                .map(entry -> new Watched(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** Watches on a thread of its own until everything was said. */
    void start() {
        Thread.ofPlatform().daemon().name("speed").start(() -> {
            try {
                settle();
                await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Waits for the kernels to be compiled, says which they are, and measures the machine. */
    void settle() throws InterruptedException {
        for (Watched watched : models) {
            String kernels = watched.model.settledKernels(PATIENCE);
            watched.begin();
            boolean vector = kernels.startsWith("vector");
            LOG.log(
                    vector ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
                    () -> watched.name + ": kernels are " + kernels);
            if (watched.equals(models.getFirst())) {
                metrics.info("hadal_kernels", "The kernels that compute", "path", kernels);
            }
        }
        measureLimit();
    }

    /** Waits until each model has computed some tokens alone, and says how fast. */
    private void await() throws InterruptedException {
        List<Watched> unheard = new ArrayList<>(models);
        while (!unheard.isEmpty()) {
            Thread.sleep(LOOK_AGAIN_MILLIS);
            for (Watched watched : List.copyOf(unheard)) {
                if (watched.measured()) {
                    unheard.remove(watched);
                    LOG.log(System.Logger.Level.INFO, watched.name + ": " + sentence(watched));
                }
            }
        }
    }

    /** While nothing is computed: a measurement takes the time of whoever waits for an answer, and he falsifies it. */
    private void measureLimit() throws InterruptedException {
        while (!models.stream().allMatch(Watched::idle)) {
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
        limit = MachineProbe.readRate(threads(), PROBE_NANOS);
        metrics.gauge("hadal_memory_read_bytes_per_second", "What the threads read of memory at most", () -> limit);
        metrics.gauges(
                "hadal_weight_read_bytes_per_second",
                "What tokens that were computed alone have read of the weights",
                models.stream()
                        .map(watched -> new Metrics.ModelValue(watched.name, watched::rate))
                        .toList());
    }

    private int threads() {
        return models.getFirst().model.model().threads();
    }

    /** How fast the first model is; empty until that was measured. */
    String sentence() {
        Watched first = models.getFirst();
        return first.measured() ? sentence(first) : "";
    }

    private String sentence(Watched watched) {
        EngineCounters.Alone since = watched.since();
        return "a token alone takes " + milliseconds(since.nanos() / since.steps()) + " and reads "
                + Figures.bytes(Math.round(watched.bytes))
                + " of weights: " + Figures.bytes(Math.round(watched.rate())) + "/s, "
                + Figures.percent(watched.rate() / limit) + " of the " + Figures.bytes(Math.round(limit))
                + "/s at which " + threads() + (threads() == 1 ? " thread reads" : " threads read") + " memory here";
    }

    private static String milliseconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
}
