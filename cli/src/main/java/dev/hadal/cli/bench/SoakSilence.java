package dev.hadal.cli.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Clients of every dialect that hear nothing of their answer for minutes. Half of them have a place, and their prompt stays
 * unread all the time: the engine has admitted them and the model holds their first row back, as one does that is busy with
 * a long prompt, while it goes on with the rows of others. The other half wait for places, which answers take that last
 * longer. All have to be kept alive in the form of their dialect, and then get their answer, or an error that their dialect
 * understands.
 */
public final class SoakSilence {
    private static final Duration PROBES = Duration.ofSeconds(5);
    private static final double MOST_PROBE_MILLIS = 1_000;
    private static final double MOST_GAP_SECONDS = 10;
    private static final double MEGA = 1e6;
    private static final String RUNNING = "hadal_num_requests_running";
    private static final String WAITING = "hadal_num_requests_waiting";
    /** Clients of each half, and answers that hold the second half up. */
    static final int KINDS = 12;

    private final SoakClient client;
    private final Consumer<String> progress;
    private final SoakMetrics metrics;
    private double leastUnread = KINDS;
    private double leastQueued = KINDS;
    private final List<Double> probes = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();

    /**
     * One client.
     *
     * @param sign the line that keeps it alive
     * @param end what has to be among the lines at last
     */
    private record Waiting(String name, String path, String body, String sign, String end) {}

    /**
     * How one fared.
     *
     * @param signs lines that kept it alive
     * @param gap longest time without a byte
     * @param problem empty if all was well
     */
    private record Fared(String name, int signs, Duration gap, String problem) {}

    /**
     * @param client reaches the server; its patience is how long a client waits for a sign of life
     * @param progress is told how far it is
     */
    SoakSilence(SoakClient client, Consumer<String> progress) {
        this.client = client;
        this.metrics = new SoakMetrics(client);
        this.progress = progress;
    }

    /** Those who have a place, for an answer or an error. */
    private static List<Waiting> reading() {
        List<Waiting> all = new ArrayList<>(clients(SoakScript.PRO, SoakScript.LONG, false));
        all.addAll(clients(SoakScript.PRO, SoakScript.LONG_FAIL, true));
        return all;
    }

    /** Those who wait for one. */
    private static List<Waiting> queued() {
        List<Waiting> all = new ArrayList<>(clients(SoakScript.FLASH, SoakScript.QUICK, false));
        all.addAll(clients(SoakScript.FLASH, SoakScript.FAIL, true));
        return all;
    }

    private static List<Waiting> clients(String model, String text, boolean fails) {
        String comment = ": keep-alive";
        String suffix = " on " + model + (fails ? ", to fail" : "");
        String failed = "data: {\"error\":";
        return List.of(
                new Waiting(
                        "Chat Completions" + suffix,
                        SoakRequests.CHAT,
                        SoakRequests.chat(model, text, true),
                        comment,
                        fails ? failed : "data: [DONE]"),
                new Waiting(
                        "Messages" + suffix,
                        SoakRequests.MESSAGES,
                        SoakRequests.messages(model, text, true),
                        "event: ping",
                        fails ? "event: error" : "event: message_stop"),
                new Waiting(
                        "Responses" + suffix,
                        SoakRequests.RESPONSES,
                        SoakRequests.responses(model, text, true),
                        comment,
                        fails ? "event: response.failed" : "event: response.completed"),
                new Waiting(
                        "completions" + suffix,
                        SoakRequests.COMPLETIONS,
                        SoakRequests.completions(model, text, true),
                        comment,
                        fails ? failed : "data: [DONE]"),
                new Waiting(
                        "Chat Completions, not streamed" + suffix,
                        SoakRequests.CHAT,
                        SoakRequests.chat(model, text, false),
                        "",
                        fails ? "{\"error\":" : "{\"id\":"),
                new Waiting(
                        "Messages, not streamed" + suffix,
                        SoakRequests.MESSAGES,
                        SoakRequests.messages(model, text, false),
                        "",
                        fails ? "\"type\":\"error\"" : "\"type\":\"message\""));
    }

    /** Keeps clients waiting for so long. */
    SoakReport run(Duration silence) throws IOException, InterruptedException {
        List<Future<Fared>> waiting = new ArrayList<>();
        List<SoakClient.Response> holds = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                for (int i = 0; i < KINDS; i++) {
                    holds.add(hold());
                }
                List<Waiting> all = new ArrayList<>(reading());
                all.addAll(queued());
                all.forEach(one -> waiting.add(threads.submit(() -> wait(one))));
                watch(silence, waiting);
            } finally {
                // Those who held the places leave, and the others get their turns.
                for (SoakClient.Response hold : holds) {
                    hold.leave();
                }
            }
        }
        List<Fared> all = new ArrayList<>();
        for (Future<Fared> one : waiting) {
            all.add(result(one));
        }
        return report(silence, all);
    }

    private void watch(Duration silence, List<Future<Fared>> waiting) throws IOException, InterruptedException {
        long end = System.nanoTime() + silence.toNanos();
        metrics.awaitAtLeast(2 * KINDS, RUNNING);
        metrics.awaitAtLeast(KINDS, WAITING);
        while (System.nanoTime() < end) {
            probe();
            long done = waiting.stream().filter(Future::isDone).count();
            progress.accept((end - System.nanoTime()) / 1_000_000_000L + " s to go, " + (waiting.size() - done) + " of "
                    + waiting.size() + " clients wait");
            Thread.sleep(Duration.ofNanos(Math.clamp(end - System.nanoTime(), 0, PROBES.toNanos())));
        }
    }

    private SoakClient.Response hold() throws IOException {
        SoakClient.Response hold =
                client.post(SoakRequests.CHAT, SoakRequests.chat(SoakScript.FLASH, SoakScript.HOLD, true));
        awaitWord(hold);
        return hold;
    }

    private static void awaitWord(SoakClient.Response hold) throws IOException {
        if (hold.status() != 200) {
            throw new IOException("the request that is to hold the place got " + hold.status() + ": " + hold.text());
        }
        // Before it come keep-alives and the beginning of the stream.
        String line = hold.nextLine();
        while (!line.contains("word")) {
            line = hold.nextLine();
        }
    }

    private static Fared result(Future<Fared> one) throws InterruptedException {
        try {
            return one.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private Fared wait(Waiting one) {
        int signs = 0;
        try (SoakClient.Response response = client.post(one.path(), one.body())) {
            if (response.status() != 200) {
                return new Fared(one.name(), 0, Duration.ZERO, response.status() + ": " + response.text());
            }
            StringBuilder rest = new StringBuilder();
            for (String line : (Iterable<String>) response.lines()::iterator) {
                if (line.equals(one.sign())) {
                    signs++;
                } else {
                    rest.append(line).append('\n');
                }
            }
            String problem = rest.indexOf(one.end()) >= 0 ? "" : "no '" + one.end() + "' in '" + rest + "'";
            return new Fared(one.name(), signs, response.longestSilence(), problem);
        } catch (IOException | RuntimeException e) {
            return new Fared(one.name(), signs, Duration.ZERO, "after " + signs + " signs of life: " + e);
        }
    }

    /** What needs no computation is answered all the time, and nobody has been let in or gone ahead meanwhile. */
    private void probe() {
        long began = System.nanoTime();
        try (SoakClient.Response response = client.get("/livez")) {
            response.text();
            if (response.status() != 200) {
                wrong.add("/livez gave " + response.status());
            }
            probes.add((System.nanoTime() - began) / MEGA);
            leastUnread = Math.min(leastUnread, metrics.read(RUNNING) - KINDS);
            leastQueued = Math.min(leastQueued, metrics.read(WAITING));
        } catch (IOException e) {
            wrong.add("/livez or /metrics: " + e);
        }
    }

    private SoakReport report(Duration silence, List<Fared> all) {
        all.stream()
                .filter(one -> !one.problem().isEmpty())
                .forEach(one -> wrong.add(one.name() + ": " + one.problem()));
        double seconds = silence.toMillis() / 1e3;
        double gap = all.stream().mapToLong(one -> one.gap().toNanos()).max().orElse(0) / 1e9;
        int signs = all.stream().mapToInt(Fared::signs).min().orElse(0);
        return new SoakReport()
                .tell("silence", "silence_s", seconds, "s")
                .tell("clients", "clients", all.size(), "")
                .atLeast(KINDS, "unread all the time", "unread", leastUnread, "")
                .atLeast(KINDS, "queued all the time", "queued", leastQueued, "")
                .atMost(0, "without their answer", "lost", wrong.size(), "")
                .atLeast(Math.floor(seconds / MOST_GAP_SECONDS), "least signs of life", "signs", signs, "")
                .atMost(MOST_GAP_SECONDS, "longest without a byte", "gap_s", gap, "s")
                .tell("probes", "probes", probes.size(), "")
                .atMost(
                        MOST_PROBE_MILLIS,
                        "slowest probe",
                        "probe_max_ms",
                        probes.stream().mapToDouble(Double::doubleValue).max().orElse(0),
                        "ms");
    }

    /** What went wrong first; empty if nothing did. */
    String firstBroken() {
        return wrong.isEmpty() ? "" : wrong.getFirst();
    }
}
