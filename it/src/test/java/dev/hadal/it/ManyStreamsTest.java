package dev.hadal.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How evenly tokens reach many clients at the same time. */
@Timeout(180)
class ManyStreamsTest {
    private static final int CLIENTS = 64;
    private static final int TOKENS = 252;
    private static final double MOST_MILLIS = 120;
    private static final int ATTEMPTS = 3;

    @Test
    void sixtyFourClientsAtFiftyTokensASecondSeeNoLongGap() {
        try (ScriptedServer server = ScriptedServer.start("recital.yaml");
                HttpClient client = HttpClient.newHttpClient()) {
            List<Double> seen = new ArrayList<>();
            // The first attempt also translates the server's code; a machine may be busy with something else.
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                double gap = gapMillis(client, URI.create(server.address() + "/chat/completions"));
                seen.add(gap);
                if (gap <= MOST_MILLIS) {
                    break;
                }
            }
            System.out.printf("64 streams, client-side p99.9 gaps by attempt in ms: %s%n", seen);
            assertThat(seen.getLast())
                    .as("p99.9 gaps by attempt, in ms: %s", seen)
                    .isLessThanOrEqualTo(MOST_MILLIS);
        }
    }

    /** The gap that one in a thousand exceeds, of all gaps between two tokens of all clients. */
    private static double gapMillis(HttpClient client, URI address) {
        List<Long> gaps = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<List<Long>>> streams = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                HttpRequest request = HttpRequest.newBuilder(address)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(question(i)))
                        .build();
                streams.add(CompletableFuture.supplyAsync(() -> gaps(client, request), threads));
            }
            streams.forEach(stream -> gaps.addAll(stream.join()));
        }
        gaps.sort(null);
        return gaps.get((int) (gaps.size() * 0.999)) / 1e6;
    }

    private static String question(int number) {
        return """
                {"model": "deepseek-v4-flash", "stream": true, "thinking": {"type": "disabled"},
                 "messages": [{"role": "user", "content": "Recite number %d."}]}""".formatted(number);
    }

    private static List<Long> gaps(HttpClient client, HttpRequest request) {
        List<Long> gaps = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8))) {
            long last = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("data: {")) {
                    long now = System.nanoTime();
                    if (last != 0) {
                        gaps.add(now - last);
                    }
                    last = now;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        assertThat(gaps).hasSizeGreaterThanOrEqualTo(TOKENS);
        return gaps;
    }
}
