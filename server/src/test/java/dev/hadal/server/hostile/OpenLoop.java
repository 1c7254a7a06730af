package dev.hadal.server.hostile;

import dev.hadal.server.http.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/** Clients that wait for their answers, or that send whether or not anything comes back, and what became of all that. */
final class OpenLoop {
    /** Twenty tokens, twenty milliseconds each. */
    private static final String BODY = ApiTarget.user("go slowly").replaceFirst("\\{", "{\"max_tokens\":20,");

    private final ApiTarget target;
    private final List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());

    /**
     * One request.
     *
     * @param response the head and the body; what went wrong if there is none
     * @param sent when it was to be sent
     * @param ended when the response was complete
     */
    record Outcome(String response, long sent, long ended) {
        boolean answered() {
            return response.startsWith("HTTP/1.1 200 ")
                    && response.contains("\"finish_reason\":\"length\"")
                    && response.contains("\"usage\":");
        }

        boolean refused() {
            return (response.startsWith("HTTP/1.1 429 ") || response.startsWith("HTTP/1.1 503 "))
                    && response.contains("Retry-After: ")
                    && response.contains("{\"error\":");
        }

        double millis() {
            return (ended - sent) / 1e6;
        }
    }

    OpenLoop(ApiTarget target) {
        this.target = target;
    }

    /** Answers a second that clients get who each wait for one before they send the next. */
    double peak(int clients, Duration time) {
        long began = System.nanoTime();
        long end = began + time.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < clients; i++) {
                threads.execute(() -> {
                    while (System.nanoTime() < end) {
                        ask(System.nanoTime());
                    }
                });
            }
        }
        return answersPerSecond(began + time.toNanos() / 3, end);
    }

    /** Sends so many requests a second, and waits until all are over. Answers a second meanwhile. */
    double flood(double perSecond, Duration time) {
        outcomes.clear();
        long began = System.nanoTime();
        long end = began + time.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long due = began; due < end; due += (long) (1e9 / perSecond)) {
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                long sent = due;
                threads.execute(() -> ask(sent));
            }
        }
        return answersPerSecond(began + time.toNanos() / 8, end);
    }

    private double answersPerSecond(long from, long to) {
        return outcomes().stream()
                        .filter(Outcome::answered)
                        .filter(outcome -> outcome.ended() >= from && outcome.ended() < to)
                        .count()
                * 1e9
                / (to - from);
    }

    private void ask(long sent) {
        String response;
        try (RawClient client = target.connect()) {
            client.post(ApiTarget.CHAT, BODY, "Connection: close");
            response = new String(client.socket().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            response = e.toString();
        }
        outcomes.add(new Outcome(response, sent, System.nanoTime()));
    }

    /** What became of the last requests. */
    List<Outcome> outcomes() {
        return List.copyOf(outcomes);
    }
}
