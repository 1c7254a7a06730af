package dev.hadal.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.server.auth.Right;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HttpServerTest {
    private final CountDownLatch waiting = new CountDownLatch(1);
    private final CountDownLatch left = new CountDownLatch(1);
    private final BlockingQueue<RequestLog.Entry> logged = new LinkedBlockingQueue<>();
    private final List<Route> routes = List.of(
            Route.open("/hello", exchange -> exchange.respond(200, "text/plain", bytes("hello"))),
            Route.post(
                    "/echo",
                    Right.INFERENCE,
                    Dialect.OPENAI,
                    exchange -> exchange.respond(200, Exchange.JSON, exchange.bodyBytes())),
            Route.post("/stream", Right.INFERENCE, Dialect.OPENAI, exchange -> {
                exchange.bodyBytes();
                try (SseStream events = exchange.events()) {
                    events.data("{\"n\":1}");
                    events.event("ping", "{}");
                    events.comment("done");
                }
            }),
            Route.post("/goodbye", Right.INFERENCE, Dialect.OPENAI, exchange -> {
                exchange.bodyBytes();
                exchange.onDisconnect(left::countDown);
                // The line is written when the connection has long forgotten what it sent.
                exchange.onEnd(this::awaitIdle);
                try (SseStream events = exchange.events()) {
                    events.data("{\"n\":1}");
                    assertThat(left.await(10, TimeUnit.SECONDS)).isTrue();
                }
            }),
            Route.post("/slow", Right.INFERENCE, Dialect.OPENAI, exchange -> {
                exchange.bodyBytes();
                exchange.onDisconnect(left::countDown);
                waiting.countDown();
                try (PendingReply reply = exchange.pending()) {
                    left.await(2, TimeUnit.SECONDS);
                    reply.finish(200, bytes("{\"late\":true}"));
                }
            }),
            Route.get(
                    "/models/{id}",
                    Right.INFERENCE,
                    Dialect.OPENAI,
                    exchange -> exchange.respond(200, "text/plain", bytes(exchange.pathParameter("id")))),
            Route.post("/fails", Right.INFERENCE, Dialect.ANTHROPIC, exchange -> {
                throw new IllegalStateException("secret detail");
            }));
    private final HttpServer server = HttpServer.start(HttpOptions.local(), routes, Gate.open(), logged::add);
    private final HttpClient client = HttpClient.newHttpClient();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void awaitIdle() {
        try {
            assertThat(server.awaitIdle(java.time.Duration.ofSeconds(5))).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(server.uri() + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String json) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(server.uri() + path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void answersOnTheRoutesItHasAndNowhereElse() throws Exception {
        assertThat(get("/hello").body()).isEqualTo("hello");
        assertThat(get("/models/deepseek-v4-flash?beta=true").body()).isEqualTo("deepseek-v4-flash");
        assertThat(post("/echo", "{\"a\":1}").body()).isEqualTo("{\"a\":1}");
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
        assertThat(get("/nothing").body()).isEmpty();
        assertThat(get("/echo").statusCode()).isEqualTo(405);
        assertThat(get("/echo").headers().firstValue("Allow")).contains("OPTIONS, POST");
    }

    @Test
    void streamsEventsWithTheirNamesAndEndsTheResponse() throws Exception {
        HttpResponse<String> response = post("/stream", "{}");
        assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
        assertThat(response.body()).isEqualTo("data: {\"n\":1}\n\nevent: ping\ndata: {}\n\n: done\n\n");
    }

    @Test
    void sendsBlankLinesAheadOfABodyThatTakesLongerThanASecond() throws Exception {
        HttpResponse<String> response = post("/slow", "{}");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).startsWith("\n").endsWith("\n{\"late\":true}");
    }

    @Test
    void tellsAHandlerAtOnceThatItsClientHasLeft() throws Exception {
        try (RawClient raw = RawClient.connect(server)) {
            raw.post("/slow", "{}");
            assertThat(waiting.await(5, TimeUnit.SECONDS)).isTrue();
        }
        long closed = System.nanoTime();
        assertThat(left.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(System.nanoTime() - closed).isLessThan(TimeUnit.MILLISECONDS.toNanos(500));
        assertThat(server.awaitIdle(java.time.Duration.ofSeconds(5))).isTrue();
    }

    @Test
    void logsTheStatusThatAClientSawBeforeItLeft() throws Exception {
        try (RawClient raw = RawClient.connect(server)) {
            raw.post("/goodbye", "{}");
            assertThat(raw.readUntil("\"n\":1")).contains("200 OK");
            raw.leave();
        }
        RequestLog.Entry entry = logged.poll(10, TimeUnit.SECONDS);
        assertThat(entry).isNotNull();
        assertThat(entry.request().path()).isEqualTo("/goodbye");
        assertThat(entry.status()).isEqualTo(200);
    }

    @Test
    void answersPipelinedRequestsInOrderThoughTheSecondCameWhileTheFirstWaited() throws Exception {
        try (RawClient raw = RawClient.connect(server)) {
            raw.post("/slow", "{}").request("GET /hello HTTP/1.1").request("GET /models/x HTTP/1.1");
            assertThat(raw.readUntil("\"late\":true}")).contains("200 OK");
            assertThat(raw.readUntil("hello")).endsWith("\r\n\r\nhello");
            assertThat(raw.response()).endsWith("\r\n\r\nx");
        }
    }

    @Test
    void tellsNothingOfTheInsideWhenAHandlerFails() throws Exception {
        HttpResponse<String> response = post("/fails", "{}");
        assertThat(response.statusCode()).isEqualTo(500);
        String id = response.headers().firstValue("request-id").orElseThrow();
        assertThat(response.body())
                .isEqualTo("{\"type\":\"error\",\"error\":{\"message\":\"the server failed; its log tells more about"
                        + " request " + id + "\",\"type\":\"api_error\",\"param\":null,\"code\":\"server_error\"},"
                        + "\"request_id\":\"" + id + "\"}");
    }

    @Test
    void saysThatAPortIsTaken() {
        HttpOptions taken =
                new HttpOptions("127.0.0.1", server.port(), List.of(), java.util.Set.of(), null, Limits.defaults());
        assertThatThrownBy(() -> HttpServer.start(taken, routes, Gate.open(), entry -> {}))
                .isInstanceOf(ListenException.class)
                .hasMessageStartingWith("cannot listen on 127.0.0.1:" + server.port() + ": ")
                .hasMessageEndingWith("choose another --port or --host");
    }
}
