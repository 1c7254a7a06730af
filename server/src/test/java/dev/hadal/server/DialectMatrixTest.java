package dev.hadal.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.server.api.Decisions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One conversation in three dialects, plain and streamed: the same content, calls, end and usage. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DialectMatrixTest {
    private static final String SCRIPT = """
            rules:
              - when: {from: tool}
                reasoning: "It rains, «sehr»."
                text: "Es regnet 🌧 in Paris.\\n\\n- take an umbrella"
              - when: {contains: long}
                reasoning: I go on.
                text: and on and on and on
                finish: length
              - when: {contains: raw}
                raw: "odd</think>\\n\\n<｜DSML｜tool_calls>\\n<｜DSML｜invoke name=\\"weather\\">\\n<｜DSML｜parameter name=\\"days\\" string=\\"false\\">3</｜DSML｜parameter>\\n</｜DSML｜invoke>\\n</｜DSML｜tool_calls>"
              - when: {contains: weather}
                reasoning: I look twice.
                text: I look.
                calls:
                  - {tool: weather, arguments: {city: "Par\\"is", days: 3}}
                  - {tool: weather, arguments: {city: Rome}}
              - text: Only text.
            """;

    private static final String PARAMETERS =
            "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"days\":{\"type\":\"integer\"}}}";
    private static final String CHAT_TOOLS = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\","
            + "\"description\":\"d\",\"parameters\":" + PARAMETERS + "}}]";
    private static final String MESSAGE_TOOLS =
            "\"tools\":[{\"name\":\"weather\",\"description\":\"d\",\"input_schema\":" + PARAMETERS + "}]";
    private static final String RESPONSE_TOOLS = "\"tools\":[{\"type\":\"function\",\"name\":\"weather\","
            + "\"description\":\"d\",\"parameters\":" + PARAMETERS + "}]";

    private LiveServer server;

    /** The same question in each dialect. */
    record Question(String name, String chat, String message, String response) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Question> questions() {
        return Stream.of(
                asked("text alone", "hello", "", false),
                asked("thinking", "hello", "system words", true),
                asked("calls", "the weather?", "system words", true),
                asked("calls without thinking", "the weather?", "", false),
                asked("cut off", "long", "", true),
                asked("calls as sampled", "raw", "", true),
                afterTools());
    }

    private static Question asked(String name, String text, String system, boolean thinking) {
        String chat = (system.isEmpty() ? "" : "{\"role\":\"system\",\"content\":\"" + system + "\"},")
                + "{\"role\":\"user\",\"content\":\"" + text + "\"}";
        String off = thinking ? "" : ",\"thinking\":{\"type\":\"disabled\"}";
        return new Question(
                name,
                CHAT_TOOLS + ",\"messages\":[" + chat + "]" + off,
                MESSAGE_TOOLS + ",\"max_tokens\":1000" + (system.isEmpty() ? "" : ",\"system\":\"" + system + "\"")
                        + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]" + off,
                RESPONSE_TOOLS + (system.isEmpty() ? "" : ",\"instructions\":\"" + system + "\"") + ",\"input\":\""
                        + text + "\"" + (thinking ? "" : ",\"reasoning\":{\"effort\":\"none\"}"));
    }

    private static Question afterTools() {
        String chat = "{\"role\":\"user\",\"content\":\"the weather?\"},"
                + "{\"role\":\"assistant\",\"content\":\"I look.\",\"reasoning_content\":\"Look.\",\"tool_calls\":["
                + "{\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":\"{\\\"city\\\":\\\"Paris\\\"}\"}},"
                + "{\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":\"{\\\"city\\\": \\\"Rome\\\"}\"}}]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"b\",\"content\":\"sun\"},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"rain\"},"
                + "{\"role\":\"user\",\"content\":\"so?\"}";
        String message = "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"the weather?\"}]},"
                + "{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"Look.\",\"signature\":\"s\"},"
                + "{\"type\":\"text\",\"text\":\"I look.\"},"
                + "{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"weather\",\"input\":{\"city\":\"Paris\"}},"
                + "{\"type\":\"tool_use\",\"id\":\"b\",\"name\":\"weather\",\"input\":{\"city\":\"Rome\"}}]},"
                + "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"b\",\"content\":\"sun\"},"
                + "{\"type\":\"tool_result\",\"tool_use_id\":\"a\",\"content\":[{\"type\":\"text\",\"text\":\"rain\"}]},"
                + "{\"type\":\"text\",\"text\":\"so?\"}]}";
        String input = "{\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"the weather?\"}]},"
                + "{\"type\":\"reasoning\",\"summary\":[],\"content\":[{\"type\":\"reasoning_text\",\"text\":\"Look.\"}]},"
                + "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"I look.\"}]},"
                + "{\"type\":\"function_call\",\"call_id\":\"a\",\"name\":\"weather\",\"arguments\":\"{\\\"city\\\":\\\"Paris\\\"}\"},"
                + "{\"type\":\"function_call\",\"call_id\":\"b\",\"name\":\"weather\",\"arguments\":\"{\\\"city\\\":\\\"Rome\\\"}\"},"
                + "{\"type\":\"function_call_output\",\"call_id\":\"b\",\"output\":\"sun\"},"
                + "{\"type\":\"function_call_output\",\"call_id\":\"a\",\"output\":\"rain\"},"
                + "{\"role\":\"user\",\"content\":\"so?\"}";
        return new Question(
                "an answer after tools",
                CHAT_TOOLS + ",\"messages\":[" + chat + "]",
                MESSAGE_TOOLS + ",\"max_tokens\":1000,\"messages\":[" + message + "]",
                RESPONSE_TOOLS + ",\"input\":[" + input + "]");
    }

    @BeforeAll
    void start() {
        server = LiveServer.start(SCRIPT);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @MethodSource("questions")
    void allDialectsTellTheSameAtOnceAndInPieces(Question question) {
        Told told = chat(server, question, "").withoutHits();
        assertThat(chatStream(server, question, "").withoutHits()).isEqualTo(told);
        assertThat(Told.message(server.json("/anthropic/v1/messages", body(question.message(), "")))
                        .withoutHits())
                .isEqualTo(told);
        assertThat(Told.messageStream(server.post("/v1/messages", body(question.message(), ",\"stream\":true")))
                        .withoutHits())
                .isEqualTo(told);
        assertThat(Told.response(server.json("/v1/responses", body(question.response(), "")))
                        .withoutHits())
                .isEqualTo(told);
        assertThat(Told.responseStream(server.post("/responses", body(question.response(), ",\"stream\":true")))
                        .withoutHits())
                .isEqualTo(told);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theUsageIsTheSameWhoeverTellsItAndWherever(boolean strict) {
        Decisions decisions = strict ? Decisions.strictParity() : Decisions.compatible();
        try (LiveServer other = LiveServer.start(SCRIPT, decisions)) {
            Question question = asked("calls", "the weather?", "system words ".repeat(60), true);
            List<Integer> cold = chat(other, question, "").tokens();
            assertThat(cold.get(1)).isZero();
            List<Integer> warm = chat(other, question, "").tokens();
            assertThat(warm.get(0)).isEqualTo(cold.get(0));
            assertThat(warm.get(1)).isPositive().isLessThan(warm.get(0));
            if (strict) {
                assertThat(warm.get(1) % 128).isZero();
            }
            assertThat(chatStream(other, question, "").tokens()).isEqualTo(warm);
            assertThat(Told.message(other.json("/v1/messages", body(question.message(), "")))
                            .tokens())
                    .isEqualTo(warm);
            assertThat(Told.messageStream(other.post("/v1/messages", body(question.message(), ",\"stream\":true")))
                            .tokens())
                    .isEqualTo(warm);
            assertThat(Told.response(other.json("/v1/responses", body(question.response(), "")))
                            .tokens())
                    .isEqualTo(warm);
            assertThat(other.costs())
                    .hasSize(6)
                    .allSatisfy(cost -> assertThat(cost.tokens().promptTokens()).isEqualTo(warm.get(0)));
        }
    }

    private static Told chat(LiveServer server, Question question, String more) {
        return Told.chat(server.json("/chat/completions", body(question.chat(), more)));
    }

    private static Told chatStream(LiveServer server, Question question, String more) {
        String stream = ",\"stream\":true,\"stream_options\":{\"include_usage\":true}" + more;
        return Told.chatStream(server.post("/v1/chat/completions", body(question.chat(), stream)));
    }

    private static String body(String fields, String more) {
        return "{\"model\":\"deepseek-v4-flash\"," + fields + more + "}";
    }
}
