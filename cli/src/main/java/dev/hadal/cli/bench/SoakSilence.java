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
 * Clients of every dialect that hear nothing of their answer for minutes: one whose prompt is read for so long, the others
 * behind an answer that takes the only place. All have to be kept alive in the form of their dialect, and then get their
 * answer, or an error that their dialect understands.
 */
public final class SoakSilence {
    private static final Duration PROBES = Duration.ofSeconds(5);
    private static final double MOST_PROBE_MILLIS = 1_000;
    private static final double MOST_GAP_SECONDS = 10;
    private static final double MEGA = 1e6;

    private final SoakClient client;
    private final Consumer<String> progress;
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
        this.progress = progress;
    }

    private static List<Waiting> clients() {
        List<Waiting> all = new ArrayList<>();
        String comment = ": keep-alive";
        String ping = "event: ping";
        all.add(new Waiting(
                "Chat Completions, reading a prompt",
                SoakRequests.CHAT,
                SoakRequests.chat(SoakScript.PRO, SoakScript.LONG, true),
                comment,
                "data: [DONE]"));
        for (boolean fails : new boolean[] {false, true}) {
            String text = fails ? SoakScript.FAIL : SoakScript.QUICK;
            String suffix = fails ? ", to fail" : "";
            all.add(new Waiting(
                    "Chat Completions" + suffix,
                    SoakRequests.CHAT,
                    SoakRequests.chat(SoakScript.FLASH, text, true),
                    comment,
                    fails ? "data: {\"error\":" : "data: [DONE]"));
            all.add(new Waiting(
                    "Messages" + suffix,
                    SoakRequests.MESSAGES,
                    SoakRequests.messages(SoakScript.FLASH, text, true),
                    ping,
                    fails ? "event: error" : "event: message_stop"));
            all.add(new Waiting(
                    "Responses" + suffix,
                    SoakRequests.RESPONSES,
                    SoakRequests.responses(SoakScript.FLASH, text, true),
                    comment,
                    fails ? "event: response.failed" : "event: response.completed"));
            all.add(new Waiting(
                    "completions" + suffix,
                    SoakRequests.COMPLETIONS,
                    SoakRequests.completions(SoakScript.FLASH, text, true),
                    comment,
                    fails ? "data: {\"error\":" : "data: [DONE]"));
            all.add(new Waiting(
                    "Chat Completions, not streamed" + suffix,
                    SoakRequests.CHAT,
                    SoakRequests.chat(SoakScript.FLASH, text, false),
                    "",
                    fails ? "{\"error\":" : "{\"id\":"));
            all.add(new Waiting(
                    "Messages, not streamed" + suffix,
                    SoakRequests.MESSAGES,
                    SoakRequests.messages(SoakScript.FLASH, text, false),
                    "",
                    fails ? "\"type\":\"error\"" : "\"type\":\"message\""));
        }
        return all;
    }

    /** Keeps clients waiting for so long. */
    SoakReport run(Duration silence) throws IOException, InterruptedException {
        List<Future<Fared>> waiting = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                SoakClient.Response hold =
                        client.post(SoakRequests.CHAT, SoakRequests.chat(SoakScript.FLASH, SoakScript.HOLD, true))) {
            awaitWord(hold);
            for (Waiting one : clients()) {
                waiting.add(threads.submit(() -> wait(one)));
            }
            long end = System.nanoTime() + silence.toNanos();
            while (System.nanoTime() < end) {
                probe();
                long done = waiting.stream().filter(Future::isDone).count();
                progress.accept((end - System.nanoTime()) / 1_000_000_000L + " s to go, " + (waiting.size() - done)
                        + " of " + waiting.size() + " clients wait");
                Thread.sleep(Duration.ofNanos(Math.clamp(end - System.nanoTime(), 0, PROBES.toNanos())));
            }
            // Whoever held the place leaves, and the others get their turns.
            hold.leave();
        }
        List<Fared> all = new ArrayList<>();
        for (Future<Fared> one : waiting) {
            all.add(result(one));
        }
        return report(silence, all);
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

    /** What needs no computation is answered all the time. */
    private void probe() {
        long began = System.nanoTime();
        try (SoakClient.Response response = client.get("/livez")) {
            response.text();
            if (response.status() != 200) {
                wrong.add("/livez gave " + response.status());
            }
        } catch (IOException e) {
            wrong.add("/livez: " + e);
        }
        probes.add((System.nanoTime() - began) / MEGA);
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
