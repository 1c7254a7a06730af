package dev.hadal.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM at every moment of a server's life: what runs is finished, nothing new is begun, and the exit code is 0. */
@Timeout(120)
class StopTest {
    private static final long POLL_NANOS = 5_000_000;

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void endsSoonWhenNothingRuns() {
        try (ScriptedServer server = ScriptedServer.start("clients.yaml")) {
            assertThat(ask(server, "Hello", false).join().statusCode()).isEqualTo(200);
            long began = System.nanoTime();
            server.terminate();
            assertThat(server.exitCode()).isZero();
            double millis = (System.nanoTime() - began) / 1e6;
            System.out.printf("an idle server ends %.0f ms after it was told to%n", millis);
            // A tenth of that on a machine that does nothing else.
            assertThat(millis).isLessThan(1_500);
        }
    }

    @Test
    void finishesTheAnswerThatIsBeingWritten() throws Exception {
        try (ScriptedServer server = ScriptedServer.start("recital.yaml")) {
            HttpResponse<Stream<String>> answer = stream(server);
            server.terminate();
            assertRefusing(server);
            assertThat(answer.body().toList()).contains("data: [DONE]");
            assertThat(server.exitCode()).isZero();
        }
    }

    @Test
    void finishesTheAnswerWhosePromptIsBeingRead() throws Exception {
        try (ScriptedServer server = ScriptedServer.start("clients.yaml")) {
            CompletableFuture<HttpResponse<String>> answer = ask(server, "slowly", true);
            awaitRunning(server, 1);
            server.terminate();
            assertRefusing(server);
            assertThat(answer.get(30, TimeUnit.SECONDS).body()).contains("\"finish_reason\":\"stop\"", "data: [DONE]");
            assertThat(server.exitCode()).isZero();
        }
    }

    @Test
    void finishesAllAnswersUnderLoad() throws Exception {
        try (ScriptedServer server = ScriptedServer.start("recital.yaml")) {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                answers.add(ask(server, "Recite.", i % 2 == 0));
            }
            awaitRunning(server, 20);
            server.terminate();
            assertRefusing(server);
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                HttpResponse<String> response = answer.get(60, TimeUnit.SECONDS);
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.body()).contains("\"finish_reason\":\"stop\"");
            }
            assertThat(server.exitCode()).isZero();
        }
    }

    @Test
    void aSecondSignalBreaksTheAnswerOffWithAnError() throws Exception {
        try (ScriptedServer server = ScriptedServer.start("recital.yaml")) {
            HttpResponse<Stream<String>> answer = stream(server);
            server.terminate();
            awaitReady(server.address(), "draining");
            long began = System.nanoTime();
            server.terminate();
            assertThat(server.exitCode()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
            assertThat(answer.body().toList())
                    .anyMatch(line -> line.startsWith("data: {\"error\":"))
                    .noneMatch(line -> line.contains("\"finish_reason\":\"stop\""));
        }
    }

    /** The port answers before the model is opened, which takes some hundred milliseconds. */
    @Test
    void endsWhileAModelIsBeingOpened() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process process = ScriptedServer.serve(folder.resolve("log"), List.of("--port", String.valueOf(port)));
        try {
            awaitReady("http://127.0.0.1:" + port, "\"status\"");
            process.destroy();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private void assertRefusing(ScriptedServer server) throws Exception {
        awaitReady(server.address(), "draining");
        HttpResponse<String> refused = ask(server, "Hello", false).get(30, TimeUnit.SECONDS);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("5");
        assertThat(get(server.address() + "/livez").statusCode()).isEqualTo(200);
    }

    private void awaitReady(String address, String state) throws InterruptedException {
        long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        String last = "";
        while (System.nanoTime() < until) {
            try {
                HttpResponse<String> ready = get(address + "/readyz");
                last = ready.statusCode() + " " + ready.body();
                if (ready.body().contains(state)) {
                    return;
                }
            } catch (IOException e) {
                last = e.toString();
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        throw new AssertionError("/readyz did not say " + state + ", but " + last);
    }

    private void awaitRunning(ScriptedServer server, int count) throws Exception {
        String line = "hadal_num_requests_running{model=\"deepseek-v4-flash\"} " + count + ".0";
        long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!get(server.address() + "/metrics").body().contains(line) && System.nanoTime() < until) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        assertThat(get(server.address() + "/metrics").body()).contains(line);
    }

    private HttpResponse<String> get(String uri) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest request(ScriptedServer server, String text, boolean stream) {
        return HttpRequest.newBuilder(URI.create(server.address() + "/chat/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("""
                        {"model": "deepseek-v4-flash", "stream": %b, "thinking": {"type": "disabled"},
                         "messages": [{"role": "user", "content": "%s"}]}""".formatted(stream, text)))
                .build();
    }

    private CompletableFuture<HttpResponse<String>> ask(ScriptedServer server, String text, boolean stream) {
        return client.sendAsync(request(server, text, stream), HttpResponse.BodyHandlers.ofString());
    }

    /** A stream whose answer has begun. */
    private HttpResponse<Stream<String>> stream(ScriptedServer server) throws Exception {
        HttpResponse<Stream<String>> answer =
                client.send(request(server, "Recite.", true), HttpResponse.BodyHandlers.ofLines());
        awaitRunning(server, 1);
        return answer;
    }
}
