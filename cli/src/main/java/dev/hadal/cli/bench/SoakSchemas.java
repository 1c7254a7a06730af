package dev.hadal.cli.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Requests with a different schema each, one after the other, in three dialects. Memory and files must not grow with them,
 * and those who send other requests meanwhile must hardly notice: how long these take is measured before, beside and after.
 */
public final class SoakSchemas {
    private static final double MOST_TIMES = 2;
    private static final double MOST_GROWTH_MB = 32;
    /** What a record of the ledger and a line of the log may take for each request, whatever was in it. */
    private static final double MOST_RECORD_BYTES = 1024;
    /** SQLite takes 1,000 pages of 4 KiB and a group of records into its write-ahead log before it uses that again. */
    private static final double WRITE_AHEAD_BYTES = 5e6;

    private static final double MEGA = 1e6;
    private static final long PAUSE_NANOS = 50_000_000;
    private static final Duration LONGEST_ALONE = Duration.ofSeconds(15);
    private static final long ALONE_MILLIS_PER_SCHEMA = 3;
    private static final int LEAST_WARM_UP = 100;
    private static final int DIALECTS = 3;
    private static final int LOOKS = 50;

    private final SoakClient client;
    private final SoakMetrics metrics;
    private final int count;
    private final @Nullable SoakFiles files;
    private final Consumer<String> progress;
    private final ConcurrentLinkedQueue<Double> others = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    private final double[] millis;
    private long sentBytes;
    private final AtomicLong sinceEarly = new AtomicLong();
    private double mostState;
    private double earlyHeap;
    private long earlyBytes;

    /**
     * @param client reaches the server
     * @param count how many schemas
     * @param directory where the server keeps its files if it is in this process; null otherwise
     * @param progress is told how far it is
     */
    SoakSchemas(SoakClient client, int count, @Nullable Path directory, Consumer<String> progress) throws IOException {
        this.client = client;
        this.metrics = new SoakMetrics(client);
        this.count = count;
        this.files = directory == null ? null : new SoakFiles(directory);
        this.progress = progress;
        this.millis = new double[count];
    }

    /** Sends them all. */
    SoakReport run() throws IOException, InterruptedException {
        Duration alone = Duration.ofMillis(Math.min(LONGEST_ALONE.toMillis(), count * ALONE_MILLIS_PER_SCHEMA));
        // Until compilers have seen both kinds of requests, all take several times as long.
        beside(() -> warmUp(Math.max(LEAST_WARM_UP, count / 10)));
        double[] before = alone(alone, "before");
        long began = System.nanoTime();
        double[] during = beside(this::sendAll);
        double seconds = (System.nanoTime() - began) / 1e9;
        double[] after = alone(alone, "after");
        double[] quiet = DoubleStream.concat(Arrays.stream(before), Arrays.stream(after))
                .sorted()
                .toArray();
        return report(seconds, quiet, during);
    }

    /** Something that sends schemas. */
    @FunctionalInterface
    private interface Sending {
        void run() throws IOException;
    }

    /** How long other requests take while nothing else is sent, in milliseconds, sorted. */
    private double[] alone(Duration time, String when) throws IOException, InterruptedException {
        progress.accept("other requests alone, " + when);
        return beside(() -> LockSupport.parkNanos(time.toNanos()));
    }

    /** How long other requests take meanwhile, in milliseconds, sorted. */
    private double[] beside(Sending sending) throws IOException, InterruptedException {
        others.clear();
        AtomicBoolean over = new AtomicBoolean();
        Thread neighbours = Thread.ofVirtual().start(() -> sendOthers(() -> !over.get()));
        try {
            sending.run();
        } finally {
            over.set(true);
            neighbours.join();
        }
        return others.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    /** Sends a request each 50 ms, whether or not the last one is answered, and waits for all. */
    private void sendOthers(BooleanSupplier goOn) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long due = System.nanoTime();
            for (int i = 0; goOn.getAsBoolean(); i++) {
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                boolean chat = i % 2 == 0;
                long sent = due;
                threads.execute(() -> {
                    ask(
                            chat ? SoakRequests.CHAT : SoakRequests.MESSAGES,
                            chat
                                    ? SoakRequests.chat(SoakScript.FLASH, SoakScript.QUICK, true)
                                    : SoakRequests.messages(SoakScript.FLASH, SoakScript.QUICK, false),
                            chat ? "data: [DONE]" : "\"stop_reason\":\"end_turn\"");
                    others.add((System.nanoTime() - sent) / MEGA);
                });
                due += PAUSE_NANOS;
            }
        }
    }

    private void warmUp(int schemas) {
        progress.accept("warming up");
        for (int i = 0; i < schemas; i++) {
            send(count + i);
        }
    }

    private void sendAll() throws IOException {
        int early = count / 4;
        for (int i = 0; i < count; i++) {
            if (i == early && files != null) {
                earlyHeap = SoakMetrics.liveHeap();
                earlyBytes = files.bytes();
                sinceEarly.set(0);
            }
            long began = System.nanoTime();
            send(i);
            millis[i] = (System.nanoTime() - began) / MEGA;
            if (i % Math.max(1, count / LOOKS) == 0) {
                mostState = Math.max(mostState, metrics.read("hadal_state_bytes"));
                progress.accept(i + " of " + count + " schemas, " + wrong.size() + " not answered");
            }
        }
    }

    private void send(int number) {
        String schema = SoakSchema.of(number);
        sentBytes += schema.length();
        boolean stream = number / DIALECTS % 2 == 0;
        switch (number % DIALECTS) {
            case 0 ->
                ask(
                        SoakRequests.CHAT,
                        SoakRequests.chat(SoakScript.FLASH, SoakScript.QUICK, stream, schema),
                        stream ? "data: [DONE]" : "\"finish_reason\":\"stop\"");
            case 1 ->
                ask(
                        SoakRequests.MESSAGES,
                        SoakRequests.messages(SoakScript.FLASH, SoakScript.QUICK, stream, schema),
                        stream ? "event: message_stop" : "\"stop_reason\":\"end_turn\"");
            default ->
                ask(
                        SoakRequests.RESPONSES,
                        SoakRequests.responses(SoakScript.FLASH, SoakScript.QUICK, stream, schema),
                        stream ? "event: response.completed" : "\"status\":\"completed\"");
        }
    }

    private void ask(String path, String body, String end) {
        sinceEarly.incrementAndGet();
        try (SoakClient.Response response = client.post(path, body)) {
            String text = response.text();
            if (response.status() != 200 || !text.contains(end)) {
                wrong.add(response.status() + " with " + text);
            }
        } catch (IOException | RuntimeException e) {
            wrong.add(path + ": " + e);
        }
    }

    private SoakReport report(double seconds, double[] quiet, double[] during) throws IOException {
        Arrays.sort(millis);
        SoakReport report = new SoakReport()
                .tell("different schemas", "schemas", count, "")
                .tell("text of schemas", "schemas_mb", sentBytes / MEGA, "MB")
                .tell("time", "time_s", seconds, "s")
                .tell("a schema, median", "schema_p50_ms", at(millis, 0.5), "ms")
                .tell("a schema, p99", "schema_p99_ms", at(millis, 0.99), "ms")
                .atMost(0, "not answered", "otherwise", wrong.size(), "")
                .tell("others alone", "others_alone", quiet.length, "")
                .tell("others alone, median", "alone_p50_ms", at(quiet, 0.5), "ms")
                .tell("others alone, p95", "alone_p95_ms", at(quiet, 0.95), "ms")
                .tell("others beside them", "others_beside", during.length, "")
                .tell("others beside, median", "beside_p50_ms", at(during, 0.5), "ms")
                .tell("others beside, p95", "beside_p95_ms", at(during, 0.95), "ms")
                .atMost(MOST_TIMES, "median, of alone", "p50_times", at(during, 0.5) / at(quiet, 0.5), "times")
                .atMost(MOST_TIMES, "p95, of alone", "p95_times", at(during, 0.95) / at(quiet, 0.95), "times")
                .atMost(SoakMode.SCHEMAS_STATE / MEGA, "most state", "state_mb", mostState / MEGA, "MB");
        if (files != null) {
            double growth = files.bytes() - earlyBytes;
            double late = SoakMetrics.liveHeap();
            report.tell("heap in use, early", "heap_early_mb", earlyHeap, "MB")
                    .tell("heap in use, at the end", "heap_late_mb", late, "MB")
                    .atMost(MOST_GROWTH_MB, "growth of it", "heap_growth_mb", late - earlyHeap, "MB")
                    .atMost(
                            (MOST_RECORD_BYTES * sinceEarly.get() + WRITE_AHEAD_BYTES) / MEGA,
                            "growth of the files",
                            "files_growth_mb",
                            growth / MEGA,
                            "MB")
                    .tell("of it, a request", "file_bytes_per_request", growth / sinceEarly.get(), "bytes")
                    .atMost(0, "files with a schema", "files_with_schemas", files.containing(SoakSchema.MARK), "")
                    .atMost(0, "other files open", "other_files", files.opened(), "");
        }
        return report.atMost(0, "still running after it", "running", metrics.settled("hadal_num_requests_running"), "")
                .atMost(0, "still waiting after it", "waiting", metrics.settled("hadal_num_requests_waiting"), "");
    }

    /** What was wrong with the first request that was not answered; empty if all were. */
    String firstBroken() {
        return List.copyOf(wrong).stream().findFirst().orElse("");
    }

    private static double at(double[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) (share * (sorted.length - 1))];
    }
}
