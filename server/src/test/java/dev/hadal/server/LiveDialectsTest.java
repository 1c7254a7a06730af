package dev.hadal.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.chat.FinishReason;
import dev.hadal.server.api.Decisions;
import dev.hadal.server.api.OpenApi;
import dev.hadal.server.api.Recorded;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What clients meet over HTTP beside plain answers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class LiveDialectsTest {
    private static final String SCRIPT = """
            context: 4096
            rules:
              - when: {contains: break early}
                text: never
                fault: {kind: exception}
              - when: {contains: break late}
                text: one two three four five six
                fault: {kind: exception, after: 4}
              - when: {contains: slow}
                text: "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l m n o p"
                delay: 100ms
              - when: {from: tool}
                text: done
              - when: {contains: call}
                reasoning: A secret thought.
                calls:
                  - {tool: f, arguments: {x: 1}}
                  - {tool: Write, arguments: {file_path: /home/user/project/hello.txt, content: "TOKEN-1\\n"}}
              - when: {contains: spaced}
                raw: "Spaces, I see.</think>\\n\\n<｜DSML｜tool_calls>\\n<｜DSML｜invoke name=\\"f\\">\\n<｜DSML｜parameter name=\\"x\\" string=\\"false\\">[ 1,2 ,  3 ]</｜DSML｜parameter>\\n</｜DSML｜invoke>\\n</｜DSML｜tool_calls>"
              - when: {contains: stop here}
                text: "before ### after"
              - reasoning: Hm.
                text: Hello.
            """;
    private static final String HELLO =
            "{\"model\":\"deepseek-v4-flash\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]%s}";
    private static final String TOOL = "{\"type\":\"function\",\"function\":{\"name\":\"f\"}}";

    private final OpenApi openApi = OpenApi.read();
    private LiveServer server;

    @BeforeAll
    void start() {
        server = LiveServer.start(SCRIPT);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void theDescriptionNamesEveryPathAndNoOther() {
        Set<String> served = new TreeSet<>();
        for (String operation : openApi.operations()) {
            String path = operation.substring(operation.indexOf(' ') + 1);
            int status = operation.startsWith("get")
                    ? server.get(path).statusCode()
                    : server.post(path, "{}").statusCode();
            assertThat(status).as(operation).isIn(200, 400);
            served.add(operation);
        }
        assertThat(served).hasSize(16);
    }

    @Test
    void listsAndBalanceFitTheDescription() {
        for (String path : List.of("/models", "/v1/models", "/anthropic/v1/models", "/user/balance")) {
            openApi.assertFits(
                    openApi.responseSchema(path, "get", false), server.get(path).body());
        }
        assertThat(server.get("/models").body()).contains("deepseek-v4-flash", "deepseek-v4-pro");
    }

    @Test
    void anErrorHasTheShapeOfItsDialect() {
        HttpResponse<String> chat = server.post("/chat/completions", HELLO.formatted("q", ",\"temperature\":3"));
        assertThat(chat.statusCode()).isEqualTo(400);
        openApi.assertFits("Error", chat.body());
        assertThat(error(chat).path("message").stringValue())
                .startsWith(
                        "Failed to deserialize the JSON body into the target type: temperature: must be from 0 to 2,"
                                + " but is 3 at line 1 column ");
        assertThat(error(chat).path("param").stringValue()).isEqualTo("temperature");
        HttpResponse<String> message =
                server.post("/anthropic/v1/messages", HELLO.formatted("q", ",\"temperature\":3"));
        assertThat(message.statusCode()).isEqualTo(400);
        openApi.assertFits("AnthropicError", message.body());
        assertThat(error(message).path("type").stringValue()).isEqualTo("invalid_request_error");
        HttpResponse<String> response =
                server.post("/responses", "{\"model\":\"deepseek-v4-flash\",\"input\":\"q\",\"temperature\":3}");
        assertThat(response.statusCode()).isEqualTo(400);
        openApi.assertFits("Error", response.body());
    }

    @Test
    void anUnknownModelIsRefusedInBothDialects() {
        String body = HELLO.formatted("q", "").replace("deepseek-v4-flash", "gpt-5");
        String text = "The supported API model names are deepseek-v4-flash and deepseek-v4-pro, but you passed gpt-5.";
        for (String path : List.of("/chat/completions", "/v1/messages")) {
            HttpResponse<String> refused = server.post(path, body);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(error(refused).path("message").stringValue()).isEqualTo(text);
        }
    }

    @Test
    void anAgentRecognisesThatThePromptIsTooLong() {
        String body = HELLO.formatted("word ".repeat(5_000), ",\"max_tokens\":100");
        for (String path : List.of("/chat/completions", "/v1/messages")) {
            HttpResponse<String> refused = server.post(path, body);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(error(refused).path("message").stringValue())
                    .startsWith("This model's maximum context length is 4096 tokens. However, you requested ")
                    .contains(" in the messages, 100 in the completion). Please reduce the length");
        }
    }

    @Test
    void theContextIsExactAndCountTokensAgrees() {
        // Each repetition is one token more.
        int words = 4_000;
        String prompt = HELLO.formatted("x" + " a".repeat(words), ",\"thinking\":{\"type\":\"disabled\"}");
        int tokens = server.json("/v1/messages/count_tokens", prompt)
                .path("input_tokens")
                .intValue();
        String oneBelow = prompt.replace("x a", "x" + " a".repeat(4_095 - tokens + 1));
        assertThat(server.json("/v1/messages/count_tokens", oneBelow)
                        .path("input_tokens")
                        .intValue())
                .isEqualTo(4_095);
        JsonNode usage = server.json("/v1/chat/completions", oneBelow).path("usage");
        assertThat(usage.path("prompt_tokens").intValue()).isEqualTo(4_095);
        assertThat(usage.path("completion_tokens").intValue()).isEqualTo(1);
        assertThat(server.post("/v1/chat/completions", oneBelow.replace("x a", "x a a"))
                        .body())
                .contains("maximum context length is 4096 tokens");
    }

    @Test
    void anAnswerThatBreaksBeforeTheFirstByteIsAnErrorBody() {
        HttpResponse<String> plain = server.post("/chat/completions", HELLO.formatted("break early", ""));
        assertThat(plain.statusCode()).isEqualTo(500);
        openApi.assertFits("Error", plain.body());
        assertThat(plain.body()).doesNotContain("Exception", "dev.hadal");
        HttpResponse<String> message = server.post("/v1/messages", HELLO.formatted("break early", ""));
        assertThat(message.statusCode()).isEqualTo(500);
        assertThat(error(message).path("type").stringValue()).isEqualTo("api_error");
    }

    @Test
    void anAnswerThatBreaksInTheMiddleEndsWithAnErrorEvent() {
        HttpResponse<String> chat = server.post("/chat/completions", HELLO.formatted("break late", ",\"stream\":true"));
        assertThat(chat.statusCode()).isEqualTo(200);
        openApi.assertFits("Error", LiveServer.data(chat).getLast());
        assertThat(chat.body()).doesNotContain("[DONE]").contains("\"finish_reason\":null");
        HttpResponse<String> message = server.post("/v1/messages", HELLO.formatted("break late", ",\"stream\":true"));
        assertThat(message.body()).contains("event: error\n").doesNotContain("message_stop");
        openApi.assertFits("AnthropicError", LiveServer.data(message).getLast());
        HttpResponse<String> response =
                server.post("/responses", "{\"model\":\"deepseek-v4-flash\",\"input\":\"break late\",\"stream\":true}");
        assertThat(response.body()).contains("event: response.failed\n").doesNotContain("response.completed");
        openApi.assertFits("ResponseEvent", LiveServer.data(response).getLast());
        assertThat(server.costs().getLast().end()).isEqualTo("failed");
    }

    @Test
    void aStopTextIsToldInAnthropicsWords() {
        String more = ",\"thinking\":{\"type\":\"disabled\"},\"%s\":[\"###\"]";
        JsonNode message = server.json("/v1/messages", HELLO.formatted("stop here", more.formatted("stop_sequences")));
        assertThat(message.path("stop_reason").stringValue()).isEqualTo("stop_sequence");
        assertThat(message.path("stop_sequence").stringValue()).isEqualTo("###");
        assertThat(message.path("content").path(0).path("text").stringValue()).isEqualTo("before ");
        JsonNode chat = server.json("/chat/completions", HELLO.formatted("stop here", more.formatted("stop")));
        assertThat(chat.path("choices").path(0).path("finish_reason").stringValue())
                .isEqualTo("stop");
        assertThat(chat.path("choices").path(0).path("message").path("content").stringValue())
                .isEqualTo("before ");
    }

    @Test
    void reasoningThatAClientDropsIsRestoredByTheLettersAndDigitsOfTheCallsId() {
        String question = "\"messages\":[{\"role\":\"user\",\"content\":\"call\"}%s],\"tools\":[" + TOOL + "]";
        String body = "{\"model\":\"deepseek-v4-flash\"," + question + "}";
        JsonNode first = server.json("/chat/completions", body.formatted(""));
        JsonNode call =
                first.path("choices").path(0).path("message").path("tool_calls").path(0);
        String id = call.path("id").stringValue();
        assertThat(id).matches("call_00_[A-Za-z0-9]{24}");
        int kept = promptTokens(body.formatted(turn(id, ",\"reasoning_content\":\"A secret thought.\"")));
        assertThat(promptTokens(body.formatted(turn(id, "")))).isEqualTo(kept);
        assertThat(promptTokens(body.formatted(turn(id.replace("_", ""), "")))).isEqualTo(kept);
        int unknown = promptTokens(body.formatted(turn("call_00_0123456789abcdefABCDEFGH", "")));
        assertThat(unknown).isLessThan(kept);
    }

    @Test
    void tokensAreCountedAsTheModelWillReadThem() {
        String message = "{\"model\":\"deepseek-v4-flash\",\"max_tokens\":500,\"tools\":[{\"name\":\"f\","
                + "\"description\":\"\",\"input_schema\":{\"type\":\"object\",\"properties\":{}}}],"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"spaced\"}%s]}";
        String chat = "{\"model\":\"deepseek-v4-flash\",\"max_tokens\":500,\"tools\":[{\"type\":\"function\","
                + "\"function\":{\"name\":\"f\",\"description\":\"\","
                + "\"parameters\":{\"type\":\"object\",\"properties\":{}}}}],"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"spaced\"}%s]}";
        assertThat(input(server.json("/v1/messages", message.formatted(""))))
                .isEqualTo(counted(server, message.formatted("")));
        for (boolean anthropic : new boolean[] {true, false}) {
            String id = anthropic
                    ? server.json("/v1/messages", message.formatted(""))
                            .findPath("content")
                            .findPath("id")
                            .stringValue()
                    : server.json("/chat/completions", chat.formatted(""))
                            .findPath("tool_calls")
                            .findPath("id")
                            .stringValue();
            String second =
                    message.formatted(",{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"" + id
                            + "\",\"name\":\"f\",\"input\":{\"x\":[1,2,3]}}]},{\"role\":\"user\",\"content\":"
                            + "[{\"type\":\"tool_result\",\"tool_use_id\":\"" + id + "\",\"content\":\"ok\"}]}");
            int tokens = counted(server, second);
            assertThat(input(server.json("/v1/messages", second))).isEqualTo(tokens);
            assertThat(promptTokens(chat.formatted(turn(id, "", "[1,2,3]")))).isEqualTo(tokens);
            try (LiveServer stranger = LiveServer.start(SCRIPT)) {
                assertThat(counted(stranger, second)).isNotEqualTo(tokens);
            }
        }
    }

    private static int counted(LiveServer server, String body) {
        return server.json("/v1/messages/count_tokens", body)
                .path("input_tokens")
                .intValue();
    }

    private static int input(JsonNode message) {
        return message.path("usage").path("input_tokens").intValue()
                + message.path("usage").path("cache_read_input_tokens").intValue();
    }

    private static String turn(String id, String reasoning) {
        return turn(id, reasoning, "1");
    }

    private static String turn(String id, String reasoning, String x) {
        return ",{\"role\":\"assistant\",\"content\":\"\"" + reasoning + ",\"tool_calls\":[{\"id\":\"" + id
                + "\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\": " + x + "}\"}}]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"" + id + "\",\"content\":\"ok\"}";
    }

    private int promptTokens(String body) {
        return server.json("/chat/completions", body)
                .path("usage")
                .path("prompt_tokens")
                .intValue();
    }

    @Test
    void claudeCodeFindsItsPrefixAgainWhateverItChanges() {
        try (LiveServer own = LiveServer.start(SCRIPT.replace("context: 4096\n", ""))) {
            ObjectNode first =
                    (ObjectNode) Recorded.read("claude-code/01").body().deepCopy();
            HttpResponse<String> opened = own.post("/anthropic/v1/messages?beta=true", first.toString());
            assertThat(opened.headers().firstValue("x-hadal-normalized")).hasValue("attribution, late-system, session");
            Told told = Told.messageStream(opened);
            ObjectNode second =
                    (ObjectNode) Recorded.read("claude-code/02").body().deepCopy();
            // What changes between two requests: version, session, marks, string or array; none of it is in the prompt.
            String text = second.toString()
                    .replace("cc_version=2.1.330.bbb", "cc_version=2.1.331.ccc")
                    .replace("2b41894f-be84-48f6-9086-82921bdf10f0", "00000000-be84-48f6-9086-82921bdf10f0");
            Told again = Told.messageStream(own.post("/anthropic/v1/messages?beta=true", text));
            assertThat(again.tokens().get(1))
                    .as("reused of the first prompt")
                    .isGreaterThanOrEqualTo(told.tokens().get(0) - 128);
        }
    }

    @Test
    void aClientThatLeavesEndsItsAnswer() throws IOException, InterruptedException {
        int before = server.costs().size();
        for (String path : List.of("/chat/completions", "/v1/messages")) {
            for (boolean stream : new boolean[] {true, false}) {
                leave(path, HELLO.formatted("slow", stream ? ",\"stream\":true" : ""));
            }
        }
        await(() -> server.costs().size() == before + 4);
        assertThat(server.costs().subList(before, before + 4))
                .allSatisfy(cost -> assertThat(cost.end()).isEqualTo(FinishReason.CANCELLED.name()))
                .allSatisfy(cost -> assertThat(cost.tokens().completionTokens()).isLessThan(40));
        await(() -> server.flash().status().running() == 0);
    }

    private void leave(String path, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.uri("/").getPort())) {
            socket.getOutputStream()
                    .write(("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + socket.getPort()
                                    + "\r\nContent-Type: application/json\r\nContent-Length: " + bytes.length
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(bytes);
            InputStream in = socket.getInputStream();
            // One byte of an answer that has begun: of the plain one it is a keep-alive after a second.
            assertThat(in.read()).isEqualTo('H');
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        Object nobody = new Object();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            synchronized (nobody) {
                nobody.wait(5);
            }
        }
    }

    @Test
    void textsAreCompletedWithAndWithoutASuffix() {
        for (String path : List.of("/beta/completions", "/v1/completions")) {
            String body = "{\"model\":\"deepseek-v4-flash\",\"prompt\":\"def f(\",\"max_tokens\":8%s}";
            for (String more : List.of("", ",\"suffix\":\"return x\"", ",\"logprobs\":2,\"echo\":true,\"n\":2")) {
                JsonNode whole = server.json(path, body.formatted(more));
                openApi.assertFits("Completion", whole.toString());
                HttpResponse<String> stream = server.post(path, body.formatted(more + ",\"stream\":true"));
                StringBuilder text = new StringBuilder();
                for (String event : LiveServer.data(stream)) {
                    if (!event.equals("[DONE]")) {
                        openApi.assertFits("CompletionChunk", event);
                        JsonNode choice = JsonMapper.shared()
                                .readTree(event)
                                .path("choices")
                                .path(0);
                        text.append(
                                choice.path("index").asInt(1) == 0
                                        ? choice.path("text").stringValue()
                                        : "");
                    }
                }
                assertThat(text)
                        .hasToString(whole.path("choices").path(0).path("text").stringValue());
            }
        }
    }

    @Test
    void severalAnswersAreCountedWithOnePrompt() {
        JsonNode body = server.json("/chat/completions", HELLO.formatted("hi", ",\"n\":3,\"logprobs\":true"));
        openApi.assertFits("ChatCompletion", body.toString());
        assertThat(body.path("choices")).hasSize(3);
        JsonNode one = server.json("/chat/completions", HELLO.formatted("hi", ""));
        assertThat(body.path("usage").path("prompt_tokens"))
                .isEqualTo(one.path("usage").path("prompt_tokens"));
        assertThat(body.path("usage").path("completion_tokens").intValue())
                .isEqualTo(3 * one.path("usage").path("completion_tokens").intValue());
        HttpResponse<String> stream =
                server.post("/chat/completions", HELLO.formatted("hi", ",\"n\":3,\"stream\":true,\"logprobs\":true"));
        LiveServer.data(stream).stream()
                .filter(event -> !event.equals("[DONE]"))
                .forEach(event -> openApi.assertFits("ChatChunk", event));
    }

    @Test
    void aPrefixIsContinuedUnderBeta() {
        String body = "{\"model\":\"deepseek-v4-flash\",\"messages\":[{\"role\":\"user\",\"content\":\"q\"},"
                + "{\"role\":\"assistant\",\"content\":\"So\",\"prefix\":true}],\"thinking\":{\"type\":\"disabled\"}}";
        openApi.assertFits(
                "ChatCompletion", server.json("/beta/chat/completions", body).toString());
        assertThat(server.post("/chat/completions", body).statusCode()).isEqualTo(400);
    }

    @Test
    void noneForbidsCallsWhateverTheModelWrites() {
        String body = HELLO.formatted("call", ",\"tool_choice\":\"none\",\"tools\":[" + TOOL + "]");
        HttpResponse<String> response = server.post("/chat/completions", body);
        assertThat(response.headers().firstValue("x-hadal-normalized")).hasValue("forbidden-tools");
        assertThat(response.body()).doesNotContain("tool_calls").contains("\"finish_reason\":\"stop\"");
    }

    @Test
    void strictParityIsAsTheHostedService() {
        try (LiveServer strict = LiveServer.start(SCRIPT, Decisions.strictParity())) {
            assertThat(strict.get("/anthropic/v1/models").statusCode()).isEqualTo(404);
            assertThat(strict.get("/anthropic/v1/models").body()).isEmpty();
            HttpResponse<String> stream = strict.post("/chat/completions", HELLO.formatted("hi", ",\"stream\":true"));
            List<String> events = LiveServer.data(stream);
            assertThat(events.get(events.size() - 2)).contains("\"finish_reason\":\"stop\"", "\"prompt_tokens\":");
            assertThat(strict.post("/chat/completions", HELLO.formatted("hi", ",\"max_tokens\":4096"))
                            .body())
                    .contains("maximum context length is 4096 tokens. However, you requested");
        }
    }

    @Test
    void threadsAndStoredResponsesAreRefusedClearly() {
        assertThat(server.post("/v1/messages", HELLO.formatted("q", ",\"thread\":{\"type\":\"create\"}"))
                        .body())
                .contains("thread: this server keeps no conversations");
        assertThat(server.post(
                                "/responses",
                                "{\"model\":\"deepseek-v4-flash\",\"input\":\"q\",\"previous_response_id\":\"resp_1\"}")
                        .body())
                .contains("previous_response_id: this server stores no responses");
    }

    private static JsonNode error(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body()).path("error");
    }
}
