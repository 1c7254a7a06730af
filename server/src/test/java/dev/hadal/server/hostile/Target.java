package dev.hadal.server.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.server.auth.Right;
import dev.hadal.server.http.ClientGoneException;
import dev.hadal.server.http.Dialect;
import dev.hadal.server.http.Exchange;
import dev.hadal.server.http.Gate;
import dev.hadal.server.http.HttpOptions;
import dev.hadal.server.http.HttpServer;
import dev.hadal.server.http.Limits;
import dev.hadal.server.http.PendingReply;
import dev.hadal.server.http.RawClient;
import dev.hadal.server.http.RequestLog;
import dev.hadal.server.http.Route;
import dev.hadal.server.http.SseStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A server to be attacked, with routes that do what chat routes do, without a model. */
final class Target implements AutoCloseable {
    static final String BODY = "{\"a\":[1,2,3]}";

    private static final String EVENT = "{\"text\":\"" + "x".repeat(1000) + "\"}";

    /** Requests that are in a handler of {@code /flood} or {@code /wait}. */
    final AtomicInteger inside = new AtomicInteger();
    /** One permit for each handler that was told that its client has left. */
    final Semaphore left = new Semaphore(0);
    /** One permit for each handler of {@code /wait} that has begun. */
    final Semaphore waiting = new Semaphore(0);
    /** Ends all handlers of {@code /wait}. */
    final CountDownLatch release = new CountDownLatch(1);

    final Queue<RequestLog.Entry> log = new ConcurrentLinkedQueue<>();
    final HttpServer http;

    private Target(HttpOptions options) {
        http = HttpServer.start(options, routes(), Gate.open(), log::add);
    }

    static Target start() {
        return new Target(HttpOptions.local());
    }

    static Target start(Limits limits) {
        return new Target(HttpOptions.local().withLimits(limits));
    }

    static Target start(HttpOptions options) {
        return new Target(options);
    }

    /** Default limits, but the times are short enough for a test. */
    static Limits impatient() {
        return Limits.defaults()
                .withTiming(new Limits.Timing(
                        Duration.ofMillis(700), Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofMillis(200)));
    }

    private List<Route> routes() {
        return List.of(
                Route.open("/hello", exchange -> exchange.respond(200, "text/plain", bytes("hello"))),
                Route.post(
                        "/echo",
                        Right.INFERENCE,
                        Dialect.OPENAI,
                        exchange -> exchange.respond(200, Exchange.JSON, exchange.bodyBytes())),
                Route.post("/flood", Right.INFERENCE, Dialect.OPENAI, this::flood),
                Route.post("/wait", Right.INFERENCE, Dialect.OPENAI, this::await));
    }

    /** Sends events as fast as they are taken, without end. */
    private void flood(Exchange exchange) throws IOException {
        exchange.bodyBytes();
        inside.incrementAndGet();
        exchange.onDisconnect(left::release);
        try (SseStream events = exchange.events()) {
            while (events.open()) {
                events.data(EVENT);
            }
        } catch (ClientGoneException e) {
            throw e;
        } finally {
            inside.decrementAndGet();
        }
    }

    /** Answers when told to, or when the client has left. */
    private void await(Exchange exchange) throws Exception {
        exchange.bodyBytes();
        inside.incrementAndGet();
        CountDownLatch over = new CountDownLatch(1);
        exchange.onDisconnect(() -> {
            left.release();
            over.countDown();
        });
        waiting.release();
        try (PendingReply reply = exchange.pending()) {
            while (reply.open() && release.getCount() > 0) {
                over.await(20, java.util.concurrent.TimeUnit.MILLISECONDS);
            }
            if (reply.open()) {
                reply.finish(200, bytes("{\"late\":true}"));
            }
        } finally {
            inside.decrementAndGet();
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    RawClient connect() throws IOException {
        return RawClient.connect(http);
    }

    /** Sends bytes on a connection of their own; what comes back until the server closes it. */
    String exchange(String request) throws IOException {
        try (RawClient client = connect()) {
            return client.send(request).readToEnd();
        }
    }

    /** Asserts that the server answers as ever, at once, and that nothing is left of what was sent before. */
    void assertAlive() throws Exception {
        assertThat(http.awaitIdle(Duration.ofSeconds(5)))
                .as("requests are over")
                .isTrue();
        long until = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (inside.get() > 0 && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        assertThat(inside.get()).as("handlers are over").isZero();
        long began = System.nanoTime();
        try (RawClient client = connect()) {
            assertThat(client.request("GET /hello HTTP/1.1").response())
                    .startsWith("HTTP/1.1 200 ")
                    .endsWith("\r\n\r\nhello");
            assertThat(client.post("/echo", BODY).response())
                    .startsWith("HTTP/1.1 200 ")
                    .endsWith("\r\n\r\n" + BODY);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
    }

    @Override
    public void close() {
        release.countDown();
        http.close();
    }
}
