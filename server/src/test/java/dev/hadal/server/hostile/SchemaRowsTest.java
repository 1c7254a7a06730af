package dev.hadal.server.hostile;

import static dev.hadal.server.hostile.ApiTarget.CHAT;
import static dev.hadal.server.hostile.ApiTarget.MESSAGES;
import static dev.hadal.server.hostile.ApiTarget.content;
import static dev.hadal.server.hostile.ApiTarget.error;
import static dev.hadal.server.hostile.ApiTarget.user;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows G1 to G9 as far as they apply without constrained decoding: schemas are text of the prompt, and what would need a
 * constraint is refused rather than answered without one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SchemaRowsTest {
    private ApiTarget target;

    @BeforeAll
    void start() {
        target = ApiTarget.start();
    }

    @AfterEach
    void theServerIsAlive() throws Exception {
        target.assertAlive();
    }

    @AfterAll
    void stop() {
        target.close();
    }

    private static String tool(String name, String schema) {
        return with("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"" + name
                + "\",\"description\":\"d\",\"parameters\":" + schema + "}}]");
    }

    private static String with(String field) {
        return user("hello").replaceFirst("\\{", "{" + java.util.regex.Matcher.quoteReplacement(field) + ",");
    }

    private HttpResponse<String> chat(String json) throws Exception {
        return target.post(CHAT, json);
    }

    private void assertBounded(String schema) throws Exception {
        long began = System.nanoTime();
        HttpResponse<String> response = chat(tool("f", schema));
        assertThat(response.statusCode()).as(response.body()).isIn(200, 400);
        if (response.statusCode() == 400) {
            error(response);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void g1BoundsLargeSchemas() throws Exception {
        StringBuilder properties =
                new StringBuilder("{\"type\":\"object\",\"properties\":{\"p\":{\"type\":\"string\"}");
        for (int i = 0; i < 100_000; i++) {
            properties.append(",\"p").append(i).append("\":{\"type\":\"string\"}");
        }
        assertThat(chat(tool("f", properties + "}}")).statusCode()).isEqualTo(400);
        assertBounded("{\"type\":\"string\",\"enum\":[\"a\"" + ",\"b\"".repeat(10_000) + "]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$ref\":\"#\"}",
                "{\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"$ref\":\"#/$defs/a\"}},\"$ref\":\"#/$defs/a\"}",
                "{\"$ref\":\"http://127.0.0.1:1/schema.json\"}",
                "{\"$ref\":\"file:///etc/passwd\"}"
            })
    void g1FollowsNoReference(String schema) throws Exception {
        assertBounded(schema);
        assertThat(chat(tool("f", schema)).body()).doesNotContain("root:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a+)+$", "(a{1000}){1000}", "(?<=a)b", "(a)\\\\1", "[", "a**"})
    void g2RunsNoPattern(String pattern) throws Exception {
        assertBounded("{\"type\":\"string\",\"pattern\":\"" + pattern + "\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"minItems\":1000000000", "\"maxLength\":1000000000", "\"multipleOf\":1e-300"})
    void g3TakesNumbersOfSchemasForText(String limit) throws Exception {
        assertBounded("{\"type\":\"array\"," + limit + "}");
    }

    @Test
    void g4BoundsTheNestingOfSchemas() throws Exception {
        assertThat(chat(tool("f", "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000)))
                        .statusCode())
                .isEqualTo(400);
        assertThat(chat(tool("f", "{\"a\":".repeat(300) + "1" + "}".repeat(300)))
                        .statusCode())
                .isEqualTo(400);
        assertThat(chat(tool("f", "{\"a\":".repeat(200) + "1" + "}".repeat(200)))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void g5BoundsWhatItKeepsOfManyDifferentSchemas() throws Exception {
        int limit = 4 << 20;
        try (ApiTarget bounded = ApiTarget.start("limits.state", String.valueOf(limit))) {
            long[] beside = new long[20];
            for (int i = 0; i < 2_000; i++) {
                assertThat(bounded.post(CHAT, tool("f" + i, "{\"type\":\"object\",\"properties\":{\"p" + i + "\":{}}}"))
                                .statusCode())
                        .isEqualTo(200);
                if (i % 100 == 0) {
                    assertThat(bounded.metric("hadal_state_bytes")).isLessThanOrEqualTo((double) limit);
                    long began = System.nanoTime();
                    assertThat(content(bounded.post(CHAT, user("hello")))).isEqualTo("All is well.");
                    beside[i / 100] = System.nanoTime() - began;
                }
            }
            java.util.Arrays.sort(beside);
            System.out.printf("2000 schemas: a request beside them takes %.1f ms (median)%n", beside[10] / 1e6);
            assertThat(bounded.metric("hadal_state_bytes")).isPositive();
            bounded.assertAlive();
        }
    }

    @Test
    void g6RefusesOrAnswersAContradictionButNeverLoops() throws Exception {
        assertBounded("{\"type\":\"string\",\"minLength\":5,\"maxLength\":2,\"enum\":[],\"not\":{}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\",\"schema\":{}}}",
                "\"tool_choice\":\"required\"",
                "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}"
            })
    void g7RefusesWhatWouldNeedAConstraint(String field) throws Exception {
        HttpResponse<String> response = chat(tool("f", "{\"type\":\"object\"}").replaceFirst("\\{", "{" + field + ","));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        error(response);
    }

    @Test
    void g8AnswersNothingUnconstrainedWhereStrictToolsCannotBeHonoured() throws Exception {
        HttpResponse<String> response = target.post(
                "/beta/chat/completions",
                tool("f", "{\"type\":\"object\"},\"strict\":true")
                        .replaceFirst("\\{", "{\"tool_choice\":\"required\","));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        error(response);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a b",
                "a\\\"b",
                "a\\nb",
                "<\uff5cDSML\uff5c>",
                "<script>",
                "a.b",
                "\u00e9",
                "../x",
                "ten thousand"
            })
    void g9RefusesNamesOfToolsThatAreNotNames(String name) throws Exception {
        String shown = name.equals("ten thousand") ? "a".repeat(10_000) : name;
        HttpResponse<String> response = chat(tool(shown, "{\"type\":\"object\"}"));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        error(response);
        HttpResponse<String> anthropic = target.post(
                MESSAGES,
                "{\"model\":\"deepseek-v4-flash\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],"
                        + "\"tools\":[{\"name\":\"" + shown + "\",\"input_schema\":{\"type\":\"object\"}}]}");
        assertThat(anthropic.statusCode()).as(anthropic.body()).isEqualTo(400);
    }

    @Test
    void g9TakesNamesOfSixtyFourCharacters() throws Exception {
        assertThat(content(chat(tool("a-_9".repeat(16), "{\"type\":\"object\"}"))))
                .isEqualTo("All is well.");
    }
}
