package dev.hadal.server.hostile;

import static dev.hadal.server.hostile.ApiTarget.CHAT;
import static dev.hadal.server.hostile.ApiTarget.MESSAGES;
import static dev.hadal.server.hostile.ApiTarget.streamed;
import static dev.hadal.server.hostile.ApiTarget.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.server.http.RawClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows D5 and D17: more than can be answered, and nothing to hear for a long time. {@code hadal soak} has both in full. */
@Timeout(120)
final class OverloadRowsTest {
    private static final String RUNNING = "hadal_num_requests_running";
    private static final String WAITING = "hadal_num_requests_waiting";

    @Test
    void d5RefusesAtOnceWhatIsTooMuchAndAnswersAsMuchAsEver() throws Exception {
        try (ApiTarget target = ApiTarget.start("limits.running", "8", "limits.queue", "16")) {
            OpenLoop load = new OpenLoop(target);
            double peak = load.peak(16, Duration.ofSeconds(6));
            double goodput = load.flood(3 * peak, Duration.ofSeconds(12));
            List<OpenLoop.Outcome> all = load.outcomes();
            assertThat(all).allMatch(outcome -> outcome.answered() || outcome.refused());
            double[] refusals = all.stream()
                    .filter(OpenLoop.Outcome::refused)
                    .mapToDouble(OpenLoop.Outcome::millis)
                    .sorted()
                    .toArray();
            assertThat(refusals.length).as("refused of %s", all.size()).isGreaterThan(all.size() / 3);
            double refusal = refusals[(int) (0.99 * (refusals.length - 1))];
            System.out.printf(
                    "overload: %d sent, %d refused, p99 after %.1f ms; goodput %.1f/s of %.1f/s%n",
                    all.size(), refusals.length, refusal, goodput, peak);
            // 100 ms and 90 % on a machine that does nothing else, which hadal soak --overload asserts.
            assertThat(refusal).isLessThan(1_000);
            assertThat(goodput).isGreaterThan(0.6 * peak);
            target.awaitMetric(RUNNING, 0);
            target.awaitMetric(WAITING, 0);
            target.assertAlive();
        }
    }

    @Test
    void d5CountsConnectionsDownThatTheServerCloses() throws Exception {
        try (ApiTarget target = ApiTarget.start("limits.connections-per-address", "10")) {
            for (int i = 0; i < 50; i++) {
                try (RawClient client = target.connect()) {
                    client.request("GET /health HTTP/1.1", "Connection: close");
                    assertThat(client.readToEnd()).as("connection %s", i).startsWith("HTTP/1.1 200 ");
                }
            }
            assertThat(target.server.http().refusedConnections()).isZero();
        }
    }

    /** Of ten minutes there are as many signs of life as here, at one in five seconds. */
    @Test
    void d17KeepsClientsForAsManySignsOfLifeAsTenMinutesHaveAndThenTellsThemAnError() throws Exception {
        try (ApiTarget target = ApiTarget.start("limits.running", "1", "limits.keep-alive", "50ms");
                RawClient hold = target.connect()) {
            hold.post(CHAT, streamed("go slowly"));
            hold.readUntil("word");
            Map<RawClient, String[]> waiting = new LinkedHashMap<>();
            String comment = ": keep-alive\n\n";
            String fail = "throw now";
            String messages = ApiTarget.messages(fail);
            ask(target, waiting, CHAT, streamed(fail), comment, "\ndata: {\"error\":{\"message\":\"");
            ask(
                    target,
                    waiting,
                    MESSAGES,
                    streaming(messages),
                    "event: ping\n",
                    "\nevent: error\ndata: {\"type\":\"error\"");
            ask(target, waiting, "/v1/responses", streaming(input(fail)), comment, "event: response.failed\ndata: {");
            ask(
                    target,
                    waiting,
                    "/v1/completions",
                    streaming(prompt(fail)),
                    comment,
                    "\ndata: {\"error\":{\"message\":\"");
            ask(target, waiting, CHAT, user(fail), "1\r\n\n\r\n", "{\"error\":{\"message\":\"");
            ask(target, waiting, MESSAGES, messages, "1\r\n\n\r\n", "{\"type\":\"error\",\"error\":{");
            for (Map.Entry<RawClient, String[]> one : waiting.entrySet()) {
                for (int i = 0; i < 120; i++) {
                    String sign = one.getValue()[0];
                    assertThat(one.getKey().readUntil(sign)).endsWith(sign).doesNotContain("error");
                }
            }
            hold.leave();
            for (Map.Entry<RawClient, String[]> one : waiting.entrySet()) {
                assertThat(one.getKey().readUntil(one.getValue()[1])).contains(one.getValue()[1]);
                assertThat(one.getKey().readUntil("\r\n0\r\n\r\n")).endsWith("\r\n0\r\n\r\n");
                one.getKey().close();
            }
            target.assertAlive();
        }
    }

    private static void ask(
            ApiTarget target, Map<RawClient, String[]> waiting, String path, String body, String sign, String end)
            throws Exception {
        RawClient client = target.connect();
        client.post(path, body);
        waiting.put(client, new String[] {sign, end});
    }

    private static String streaming(String json) {
        return json.replaceFirst("\\{", "{\"stream\":true,");
    }

    private static String input(String text) {
        return "{\"model\":\"deepseek-v4-flash\",\"input\":\"" + text + "\"}";
    }

    private static String prompt(String text) {
        return "{\"model\":\"deepseek-v4-flash\",\"prompt\":\"" + text + "\"}";
    }
}
