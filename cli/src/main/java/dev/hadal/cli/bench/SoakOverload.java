package dev.hadal.cli.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Three times as many requests as a server can answer. First some clients that each wait for their answer measure what it
 * can do; then requests are sent at three times that rate whether or not anything comes back, as many users would.
 */
public final class SoakOverload {
    private static final double TIMES = 3;
    private static final double MOST_REFUSAL_MILLIS = 100;
    private static final double LEAST_SHARE = 90;
    private static final double MOST_GROWTH_MB = 32;
    private static final double MEGA = 1e6;
    private static final Duration LONGEST_PEAK = Duration.ofSeconds(20);
    private static final long WARM_UP_SHARE = 3;

    private final SoakClient client;
    private final SoakMetrics metrics;
    private final int clients;
    private final Consumer<String> progress;
    private final List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
    private final boolean here;
    private volatile double heap;
    private final AtomicInteger open = new AtomicInteger();

    /** How a request ended. */
    private enum End {
        ANSWERED,
        REFUSED,
        BROKEN
    }

    /**
     * One request.
     *
     * @param sent when it was due to be sent
     * @param ended when its response was complete
     * @param what what was wrong; empty if nothing was
     */
    private record Outcome(End end, long sent, long ended, String what) {
        double millis() {
            return (ended - sent) / MEGA;
        }
    }

    /**
     * @param client reaches the server
     * @param clients how many measure what it can do
     * @param here whether the server is in this process, so that its heap can be looked at
     * @param progress is told how far it is
     */
    SoakOverload(SoakClient client, int clients, boolean here, Consumer<String> progress) {
        this.here = here;
        this.client = client;
        this.metrics = new SoakMetrics(client);
        this.clients = clients;
        this.progress = progress;
    }

    /** Puts a server under load for so long, after a measurement of a third of that, or 20 seconds. */
    SoakReport run(Duration load) throws IOException, InterruptedException {
        Duration peakTime = load.dividedBy(3).compareTo(LONGEST_PEAK) < 0 ? load.dividedBy(3) : LONGEST_PEAK;
        double peak = peak(peakTime);
        outcomes.clear();
        long began = System.nanoTime();
        if (here) {
            Thread.ofVirtual().start(() -> measureHeap(load.dividedBy(4)));
        }
        // What is answered while the queue fills says nothing about the load.
        long counted = began + load.toNanos() / 10;
        int sent = flood(peak * TIMES, began, load);
        long end = began + load.toNanos();
        double goodput = count(counted, end) * 1e9 / (end - counted);
        return report(load, peak, goodput, sent);
    }

    /** Answers a second that clients get who each wait for one before they send the next. */
    private double peak(Duration time) throws InterruptedException {
        long began = System.nanoTime();
        long end = began + time.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < clients; i++) {
                int number = i;
                threads.execute(() -> {
                    for (int j = 0; System.nanoTime() < end; j++) {
                        ask(number + j, System.nanoTime());
                    }
                });
            }
            progress.accept("measuring what " + clients + " clients get");
        }
        long counted = began + time.toNanos() / WARM_UP_SHARE;
        return count(counted, end) * 1e9 / (end - counted);
    }

    private long count(long from, long to) {
        return List.copyOf(outcomes).stream()
                .filter(outcome -> outcome.end() == End.ANSWERED && outcome.ended() >= from && outcome.ended() < to)
                .count();
    }

    /** Sends requests at a rate, and waits for all of them; how many there were. */
    private int flood(double perSecond, long began, Duration load) throws InterruptedException {
        long interval = (long) (1e9 / Math.max(1, perSecond));
        int sent = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long due = began; due < began + load.toNanos(); due += interval) {
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                int number = sent++;
                long sentAt = due;
                threads.execute(() -> ask(number, sentAt));
                if (number % 100 == 0) {
                    progress.accept("%d s: %d sent, %d open, %d answered, %d refused, %d broken"
                            .formatted(
                                    TimeUnit.NANOSECONDS.toSeconds(due - began),
                                    sent,
                                    open.get(),
                                    all(End.ANSWERED).size(),
                                    all(End.REFUSED).size(),
                                    all(End.BROKEN).size()));
                }
            }
        }
        return sent;
    }

    private void measureHeap(Duration after) {
        LockSupport.parkNanos(after.toNanos());
        heap = SoakMetrics.liveHeap();
    }

    private void ask(int number, long sent) {
        open.incrementAndGet();
        Outcome outcome;
        try {
            outcome = number % 2 == 0 ? askChat(sent) : askMessages(sent);
        } catch (IOException | RuntimeException e) {
            outcome = new Outcome(End.BROKEN, sent, System.nanoTime(), e.toString());
        }
        open.decrementAndGet();
        outcomes.add(outcome);
    }

    private Outcome askChat(long sent) throws IOException {
        String body = SoakRequests.chat(SoakScript.FLASH, SoakScript.SHORT, true);
        try (SoakClient.Response response = client.post(SoakRequests.CHAT, body)) {
            return judged(sent, response, "\"finish_reason\":\"", "data: [DONE]");
        }
    }

    private Outcome askMessages(long sent) throws IOException {
        String body = SoakRequests.messages(SoakScript.FLASH, SoakScript.SHORT, false);
        try (SoakClient.Response response = client.post(SoakRequests.MESSAGES, body)) {
            return judged(sent, response, "\"stop_reason\":\"", "\"usage\":");
        }
    }

    private static Outcome judged(long sent, SoakClient.Response response, String... parts) throws IOException {
        String text = response.text();
        long ended = System.nanoTime();
        if (response.status() == 200) {
            boolean complete = Arrays.stream(parts).allMatch(text::contains);
            return new Outcome(complete ? End.ANSWERED : End.BROKEN, sent, ended, complete ? "" : "200 with " + text);
        }
        boolean refusal = response.status() == 429 || response.status() == 503;
        if (refusal && !response.header("retry-after").isEmpty() && text.contains("\"error\"")) {
            return new Outcome(End.REFUSED, sent, ended, "");
        }
        String retry = response.header("retry-after").isEmpty() ? " without Retry-After" : "";
        return new Outcome(End.BROKEN, sent, ended, response.status() + retry + ": " + text);
    }

    private List<Outcome> all(End end) {
        return List.copyOf(outcomes).stream()
                .filter(outcome -> outcome.end() == end)
                .toList();
    }

    private SoakReport report(Duration load, double peak, double goodput, int sent) throws IOException {
        double[] refusals = millis(End.REFUSED);
        double[] answers = millis(End.ANSWERED);
        SoakReport report = new SoakReport()
                .tell("load", "load_s", load.toMillis() / 1e3, "s")
                .tell("peak", "peak_per_s", peak, "answers/s")
                .tell("requests sent", "sent", sent, "")
                .tell("sent a second", "sent_per_s", sent * 1e3 / load.toMillis(), "requests/s")
                .atLeast(1, "answered", "answered", answers.length, "")
                .atLeast(1, "refused with Retry-After", "refused", refusals.length, "")
                .atMost(0, "anything else", "otherwise", all(End.BROKEN).size(), "")
                .tell("refusal, median", "refusal_p50_ms", at(refusals, 0.5), "ms")
                .atMost(MOST_REFUSAL_MILLIS, "refusal, p99", "refusal_p99_ms", at(refusals, 0.99), "ms")
                .tell("refusal, longest", "refusal_max_ms", at(refusals, 1), "ms")
                .tell("answer, median", "answer_p50_ms", at(answers, 0.5), "ms")
                .tell("answer, p99", "answer_p99_ms", at(answers, 0.99), "ms")
                .tell("goodput", "goodput_per_s", goodput, "answers/s")
                .atLeast(LEAST_SHARE, "goodput of peak", "goodput_share", goodput / peak * 100, "%");
        if (here) {
            double late = SoakMetrics.liveHeap();
            report.tell("heap in use, early", "heap_early_mb", heap, "MB")
                    .tell("heap in use, at the end", "heap_late_mb", late, "MB")
                    .atMost(MOST_GROWTH_MB, "growth of it", "heap_growth_mb", late - heap, "MB");
        }
        return report.atMost(0, "still running after it", "running", metrics.settled("hadal_num_requests_running"), "")
                .atMost(0, "still waiting after it", "waiting", metrics.settled("hadal_num_requests_waiting"), "");
    }

    /** What was wrong with the first request that was neither answered nor refused; empty if there was none. */
    String firstBroken() {
        return all(End.BROKEN).stream().map(Outcome::what).findFirst().orElse("");
    }

    private double[] millis(End end) {
        return all(end).stream().mapToDouble(Outcome::millis).sorted().toArray();
    }

    private static double at(double[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) (share * (sorted.length - 1))];
    }
}
