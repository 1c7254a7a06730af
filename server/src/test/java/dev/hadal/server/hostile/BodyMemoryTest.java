package dev.hadal.server.hostile;

import static dev.hadal.server.hostile.ApiTarget.CHAT;
import static dev.hadal.server.hostile.ApiTarget.MESSAGES;
import static dev.hadal.server.hostile.ApiTarget.streamed;
import static dev.hadal.server.hostile.ApiTarget.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.server.auth.ApiKey;
import dev.hadal.server.http.Limits;
import dev.hadal.server.http.RawClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Row D7, bodies: together they take no more memory than they may, and what they took comes back however they end. */
@Timeout(120)
final class BodyMemoryTest {
    private static final int MIB = 1 << 20;
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final String HOST = "\r\nHost: localhost\r\n";
    /** Bodies of 1 MiB, of which three fit, and half of one. */
    private static final Limits FEW = Target.impatient().withBody(new Limits.Body(MIB, 1 << 10, 4L * MIB, 100));

    private static void await(Target target, long bytes) {
        long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (target.http.bodyBytes() != bytes && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        assertThat(target.http.bodyBytes()).as("bytes of bodies").isEqualTo(bytes);
    }

    private static RawClient announce(Target target, String path, int bytes) throws IOException {
        return target.connect()
                .request("POST " + path + " HTTP/1.1", "Content-Type: application/json", "Content-Length: " + bytes);
    }

    @Test
    void d7RefusesBodiesThatDoNotFitBeforeTheyAreRead() throws Exception {
        List<RawClient> all = new ArrayList<>();
        try (Target target = Target.start(FEW.withTiming(Limits.Timing.defaults()))) {
            for (int i = 0; i < 40; i++) {
                all.add(announce(target, "/wait", MIB));
                if (i < 3) {
                    // These are first, whatever thread comes first.
                    await(target, (i + 1L) * MIB);
                }
            }
            for (RawClient client : all.subList(3, 40)) {
                String answer = client.readToEnd();
                assertThat(answer)
                        .startsWith("HTTP/1.1 503 ")
                        .contains("Connection: close\r\n", "Retry-After: 2\r\n")
                        .endsWith("{\"error\":{\"message\":\"the bodies of requests in flight take 3145728 bytes, with"
                                + " this one it would be 4194304, at most 3670016 may; try again later\","
                                + "\"type\":\"overloaded_error\",\"param\":null,\"code\":\"overloaded_error\"}}");
            }
            assertThat(target.http.refusedBodies()).isEqualTo(37);
            assertThat(target.http.bodyBytes()).isEqualTo(3L * MIB);
            try (RawClient small = target.connect()) {
                for (int i = 0; i < 20; i++) {
                    assertThat(small.post("/echo", Target.BODY).response()).endsWith("\r\n\r\n" + Target.BODY);
                }
            }
            for (RawClient client : all.subList(0, 3)) {
                client.send("1".repeat(MIB));
            }
            assertThat(target.waiting.tryAcquire(3, 10, TimeUnit.SECONDS)).isTrue();
            target.release.countDown();
            for (RawClient client : all.subList(0, 3)) {
                assertThat(client.readUntil("true}")).startsWith("HTTP/1.1 200 ");
                client.close();
            }
            await(target, 0);
            target.assertAlive();
        }
    }

    @Test
    void d7RefusesBodiesOfUnknownLengthWhereTheyDoNotFitAnyMore() throws Exception {
        try (Target target = Target.start(FEW);
                RawClient first = announce(target, "/wait", MIB);
                RawClient second = announce(target, "/wait", MIB);
                RawClient third = announce(target, "/wait", MIB)) {
            await(target, 3L * MIB);
            String chunk = "10000\r\n" + "1".repeat(64 << 10) + "\r\n";
            try (RawClient client = target.connect()) {
                client.send("POST /echo HTTP/1.1" + HOST + JSON + "Transfer-Encoding: chunked\r\n\r\n");
                client.send(chunk.repeat(8) + "0\r\n\r\n");
                assertThat(client.response()).startsWith("HTTP/1.1 200 ");
                await(target, 3L * MIB);
            }
            assertThat(target.exchange("POST /echo HTTP/1.1" + HOST + JSON + "Transfer-Encoding: chunked\r\n\r\n"
                            + chunk.repeat(8) + "1\r\n1\r\n0\r\n\r\n"))
                    .startsWith("HTTP/1.1 503 ")
                    .contains("Retry-After: 2\r\n");
            await(target, 3L * MIB);
            first.reset();
            second.leave();
            third.leave();
            await(target, 0);
            target.assertAlive();
        }
    }

    @Test
    void d7GivesTheMemoryOfABodyBackHoweverItsRequestEnds() throws Exception {
        String chunked = "POST /echo HTTP/1.1" + HOST + JSON + "Transfer-Encoding: chunked\r\n\r\n";
        String half = "[" + "1".repeat(500_000);
        try (Target target = Target.start(FEW)) {
            try (RawClient whole = target.connect()) {
                assertThat(whole.post("/echo", half + "]").response()).startsWith("HTTP/1.1 200 ");
                await(target, 0);
            }
            for (int i = 0; i < 6; i++) {
                RawClient client = announce(target, "/echo", MIB).send(half);
                await(target, MIB);
                switch (i % 3) {
                    case 0 -> client.reset();
                    case 1 -> client.close();
                    default -> client.socket().shutdownOutput();
                }
                await(target, 0);
                client.close();
            }
            try (RawClient slow = announce(target, "/echo", MIB).send("[1")) {
                assertThat(slow.readToEnd()).startsWith("HTTP/1.1 408 ");
                await(target, 0);
            }
            assertThat(target.exchange(chunked + "7a120\r\n" + half.substring(1) + "\r\nzz\r\n"))
                    .startsWith("HTTP/1.1 400 ");
            await(target, 0);
            assertThat(target.exchange(chunked + "100001\r\n" + "1".repeat(MIB + 1) + "\r\n0\r\n\r\n"))
                    .startsWith("HTTP/1.1 413 ");
            await(target, 0);
            assertThat(target.exchange(chunked + "3\r\n\u00EF\u00BB\u00BF\r\n0\r\n\r\n"))
                    .startsWith("HTTP/1.1 400 ");
            await(target, 0);
            RawClient waits = target.connect();
            waits.post("/wait", half);
            assertThat(target.waiting.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            assertThat(target.http.bodyBytes()).isEqualTo(half.length());
            waits.reset();
            await(target, 0);
            assertThat(target.http.refusedBodies()).isZero();
            target.assertAlive();
        }
    }

    @Test
    void d7HoldsABodyNoLongerThanUntilItsPromptIsMade() throws Exception {
        try (ApiTarget target = ApiTarget.start("limits.body", "1MiB", "limits.bodies", "2MiB");
                RawClient client = target.connect()) {
            assertThat(target.metric("hadal_http_body_limit_bytes")).isEqualTo(2 * MIB);
            client.post(CHAT, streamed("go slowly " + "x ".repeat(100_000)));
            client.readUntil("word");
            assertThat(target.metric("hadal_http_body_bytes")).isZero();
            client.leave();
            String wrong = "{\"model\":\"deepseek-v4-flash\",\"messages\":\"" + "x".repeat(500_000) + "\"}";
            for (String body : List.of(wrong, wrong.substring(0, 400_000), user("throw now " + "y".repeat(90_000)))) {
                assertThat(target.post(CHAT, body).body()).contains("\"error\"");
                target.awaitMetric("hadal_http_body_bytes", 0);
            }
            target.assertAlive();
        }
    }

    /** A hundred clients at once with bodies of 200 KB, of which as many as fit 2 MiB, without an eighth, are taken. */
    @Test
    void d7StaysWithinItsMemoryWhileManyClientsSendLargeBodiesAtOnce() throws Exception {
        String body = user("hello " + "x ".repeat(100_000));
        int fit = (2 * MIB - MIB / 4) / body.length();
        CountDownLatch allHaveBegun = new CountDownLatch(1);
        try (ApiTarget target = ApiTarget.start("limits.body", "256KiB", "limits.bodies", "2MiB");
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                answers.add(clients.submit(() -> send(target, body, allHaveBegun)));
            }
            long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (target.server.http().refusedBodies() < 100 - fit && System.nanoTime() < until) {
                assertThat(target.server.http().bodyBytes()).isLessThanOrEqualTo((long) fit * body.length());
                // Whoever has little to say is heard meanwhile.
                assertThat(target.post(CHAT, user("hello")).statusCode()).isEqualTo(200);
            }
            assertThat(target.metric("hadal_http_bodies_refused_total")).isEqualTo(100 - fit);
            assertThat(target.metric("hadal_http_body_bytes")).isEqualTo(fit * body.length());
            allHaveBegun.countDown();
            int answered = 0;
            for (Future<String> answer : answers) {
                String told = answer.get();
                assertThat(told).containsAnyOf("All is well.", "Retry-After: 2\r\n", "<reset>");
                answered += told.contains("All is well.") ? 1 : 0;
            }
            assertThat(answered).isEqualTo(fit);
            target.awaitMetric("hadal_http_body_bytes", 0);
            target.assertAlive();
        }
    }

    /** Half of it, and the rest when all have sent as much. */
    private static String send(ApiTarget target, String body, CountDownLatch rest) throws Exception {
        try (RawClient client = target.connect()) {
            client.request(
                    "POST " + CHAT + " HTTP/1.1",
                    "Content-Type: application/json",
                    "Connection: close",
                    "Content-Length: " + body.length());
            try {
                client.send(body.substring(0, body.length() / 2));
                rest.await();
                client.send(body.substring(body.length() / 2));
            } catch (IOException e) {
                // Refused while it was sending.
                return "<reset>";
            }
            return client.readToEnd();
        }
    }

    @TempDir
    Path folder;

    @Test
    void d7LeavesRoomForTheBodiesOfOtherTenants() throws Exception {
        String greedy = "sk-hadal-greedy-0123456789";
        String polite = "sk-hadal-polite-0123456789";
        Path keys = Files.writeString(
                folder.resolve("keys.yaml"), """
                keys:
                  - {name: polite, digest: "sha256:%s"}
                  - {name: greedy, digest: "sha256:%s"}
                """.formatted(ApiKey.digestOf(polite), ApiKey.digestOf(greedy)));
        List<RawClient> flood = new ArrayList<>();
        try (ApiTarget target = ApiTarget.start(
                "api-keys", keys.toString(), "limits.body", "1MiB", "limits.bodies", "8MiB", "log.requests", "false")) {
            for (int i = 0; i < 20; i++) {
                RawClient client = target.connect();
                client.request(
                        "POST " + MESSAGES + " HTTP/1.1",
                        "Content-Type: application/json",
                        "x-api-key: " + greedy,
                        "Content-Length: " + MIB);
                flood.add(client);
                if (i >= 3) {
                    String answer = client.readToEnd();
                    assertThat(answer).startsWith("HTTP/1.1 429 ").contains("Retry-After: 2\r\n");
                    assertThat(answer).contains("\"type\":\"rate_limit_error\"");
                } else {
                    long held = (i + 1L) * MIB;
                    while (target.server.http().bodyBytes() < held) {
                        Thread.onSpinWait();
                    }
                }
            }
            HttpResponse<String> response =
                    target.post(CHAT, user("hello " + "x ".repeat(100_000)), "x-api-key", polite);
            assertThat(response.statusCode()).isEqualTo(200);
            for (RawClient client : flood) {
                client.close();
            }
            target.assertAlive("x-api-key", polite);
            assertThat(target.server.http().bodyBytes()).isZero();
        }
    }
}
