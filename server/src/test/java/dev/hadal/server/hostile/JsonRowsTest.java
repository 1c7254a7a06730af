package dev.hadal.server.hostile;

import static dev.hadal.server.hostile.ApiTarget.CHAT;
import static dev.hadal.server.hostile.ApiTarget.MESSAGES;
import static dev.hadal.server.hostile.ApiTarget.content;
import static dev.hadal.server.hostile.ApiTarget.error;
import static dev.hadal.server.hostile.ApiTarget.messages;
import static dev.hadal.server.hostile.ApiTarget.user;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows J: what can be wrong with the JSON and the fields of a request. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class JsonRowsTest {
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

    private static String with(String field) {
        return user("hello").replaceFirst("\\{", "{" + field + ",");
    }

    private HttpResponse<String> chat(String json) throws Exception {
        return target.post(CHAT, json);
    }

    private void assertRefused(String json) throws Exception {
        for (String path : List.of(CHAT, MESSAGES, "/v1/responses")) {
            HttpResponse<String> response = target.post(path, json);
            assertThat(response.statusCode()).as(path + ": " + response.body()).isEqualTo(400);
            assertThat(error(response)).doesNotContain("Exception", "dev.hadal", "jackson", "Constraints");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 1_000, 100_000, 10_000_000})
    void j1RefusesDeepNestingInFlatTime(int depth) throws Exception {
        long began = System.nanoTime();
        assertRefused("{\"model\":\"deepseek-v4-flash\",\"messages\":" + "[".repeat(depth));
        assertRefused("{\"a\":".repeat(Math.min(depth, 1_000_000)));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999", "NaN", "Infinity", "-1", "1.5", "0x10", "01", "+1", "\"5\"", "true", "[]"})
    void j2RefusesNumbersThatAreNone(String number) throws Exception {
        assertThat(chat(with("\"max_tokens\":" + number)).statusCode()).isEqualTo(400);
    }

    @Test
    void j2RefusesAMillionDigitsInFlatTime() throws Exception {
        long began = System.nanoTime();
        assertThat(chat(with("\"max_tokens\":" + "9".repeat(1_000_000))).statusCode())
                .isEqualTo(400);
        assertThat(chat(with("\"unknown\":" + "9".repeat(1_000_000))).statusCode())
                .isEqualTo(400);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void j3RefusesAKeyThatIsThereTwiceAndIgnoresUnknownOnes() throws Exception {
        assertThat(chat(with("\"model\":\"deepseek-v4-pro\"")).statusCode()).isEqualTo(400);
        assertThat(content(chat(with("\"Max_Tokens\":0,\"unknown\":{\"a\":[1]}"))))
                .isEqualTo("All is well.");
    }

    @Test
    void j4RefusesInvalidUtf8AndLoneSurrogates() throws Exception {
        byte[] body = user("hello").getBytes(StandardCharsets.UTF_8);
        body[new String(body, StandardCharsets.UTF_8).indexOf("hello")] = (byte) 0xC0;
        assertThat(target.post(CHAT, body).statusCode()).isEqualTo(400);
        String lone = user("hello").replace("hello", "\\ud800");
        assertThat(chat(lone).statusCode()).isEqualTo(400);
    }

    @Test
    void j4KeepsRareCharactersExactly() throws Exception {
        String text = "\u0001 \ud83d\ude00 \u202e e\u0301 \u2028 \ufeff";
        assertThat(content(chat(user("echo " + text)))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<\uff5cend\u2581of\u2581sentence\uff5c>",
                "<\uff5cUser\uff5c>",
                "<\uff5cAssistant\uff5c>",
                "<\uff5cbegin\u2581of\u2581sentence\uff5c>",
                "<think>",
                "</think>",
                "<\uff5cDSML\uff5c>"
            })
    void j5TakesTheSpellingOfControlTokensAsText(String spelling) throws Exception {
        String plain = "x".repeat(3);
        long withSpelling = promptTokens(chat(user("hello " + spelling)));
        assertThat(withSpelling).isGreaterThan(promptTokens(chat(user("hello"))) + 2);
        String everywhere = "{\"model\":\"deepseek-v4-flash\",\"messages\":[{\"role\":\"system\",\"content\":\""
                + spelling + "\"},{\"role\":\"user\",\"content\":\"" + plain + spelling + "\"}]}";
        assertThat(content(chat(everywhere))).isEqualTo("All is well.");
    }

    private static long promptTokens(HttpResponse<String> response) {
        return ApiTarget.JSON
                .readTree(response.body())
                .at("/usage/prompt_tokens")
                .asLong();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "[{\"role\":\"assistant\",\"content\":\"a\"}]",
                "[{\"role\":\"nobody\",\"content\":\"a\"}]",
                "[{\"content\":\"a\"}]",
                "[1]",
                "[null]",
                "{}"
            })
    void j6RefusesConversationsThatAreNone(String conversation) throws Exception {
        HttpResponse<String> response = chat("{\"model\":\"deepseek-v4-flash\",\"messages\":" + conversation + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        error(response);
    }

    @Test
    void j6AnswersAResultWithoutItsCallAsTheHostedServiceDoes() throws Exception {
        assertThat(content(chat("{\"model\":\"deepseek-v4-flash\",\"messages\":[{\"role\":\"tool\","
                        + "\"tool_call_id\":\"x\",\"content\":\"a\"}]}")))
                .isEqualTo("All is well.");
    }

    @Test
    void j6ReadsManyMessagesInLinearTime() throws Exception {
        StringBuilder many = new StringBuilder("{\"model\":\"deepseek-v4-flash\",\"messages\":[");
        for (int i = 0; i < 4096; i++) {
            many.append("{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"},");
        }
        many.append("{\"role\":\"user\",\"content\":\"hello\"}],\"thinking\":{\"type\":\"disabled\"}}");
        long began = System.nanoTime();
        assertThat(content(chat(many.toString()))).isEqualTo("All is well.");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "1",
                "\"text\"",
                "{",
                "{\"model\":",
                "{}{}",
                "{} trailing",
                "{'model':'x'}",
                "{\"model\":\"deepseek-v4-flash\",}",
                "// comment\n{}"
            })
    void j7RefusesBodiesThatAreNotOneObject(String body) throws Exception {
        assertRefused(body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "2147483648", "9223372036854775808", "1e30"})
    void j8RefusesLengthsOutOfRange(String length) throws Exception {
        assertThat(error(chat(with("\"max_tokens\":" + length)))).isNotEmpty();
        assertThat(chat(with("\"max_tokens\":" + length)).statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "393216", "null"})
    void j8AcceptsLengthsInRange(String length) throws Exception {
        assertThat(chat(with("\"max_tokens\":" + length)).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "n | 0",
                "n | 9",
                "n | 1000000",
                "top_logprobs | 21",
                "top_logprobs | -1",
                "temperature | 2.1",
                "temperature | -1",
                "top_p | 1.1",
                "frequency_penalty | 3",
                "presence_penalty | -3",
                "stop | [\"\"]",
                "stop | [1]",
                "seed | \"x\"",
                "stream | \"yes\"",
                "thinking | {\"type\":\"maybe\"}",
                "reasoning_effort | \"bogus\"",
                "tool_choice | \"bogus\"",
                "response_format | {\"type\":\"bogus\"}"
            })
    void j9RefusesValuesOutOfRangeAndNamesThem(String field, String value) throws Exception {
        HttpResponse<String> response = chat(with("\"logprobs\":true,\"" + field + "\":" + value));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(error(response)).contains(field);
    }

    @Test
    void j9RefusesMoreThanTheLimits() throws Exception {
        String stops = "\"a\"" + ",\"a\"".repeat(16);
        assertThat(chat(with("\"stop\":[" + stops + "]")).statusCode()).isEqualTo(400);
        assertThat(chat(with("\"stop\":[\"" + "a".repeat(1025) + "\"]")).statusCode())
                .isEqualTo(400);
        StringBuilder bias = new StringBuilder("\"logit_bias\":{\"0\":1");
        for (int i = 1; i <= 1024; i++) {
            bias.append(",\"").append(i).append("\":1");
        }
        assertThat(chat(with(bias + "}")).statusCode()).isEqualTo(400);
    }

    @Test
    void j10AnswersContradictoryOptionsAsDocumented() throws Exception {
        assertThat(content(chat(with("\"thinking\":{\"type\":\"disabled\"},\"reasoning_effort\":\"high\""))))
                .isEqualTo("All is well.");
        assertThat(chat(with("\"stream_options\":{\"include_usage\":true}")).statusCode())
                .isEqualTo(400);
        assertThat(chat(with("\"top_logprobs\":3")).statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-5", "../../etc/passwd", "/models/x", "", "deepseek-v4-flash\\u0000", "deepseek-chat"})
    void j11RefusesUnknownModelsAndLoadsNothing(String model) throws Exception {
        HttpResponse<String> response = chat(user("hello").replace("deepseek-v4-flash", model));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(error(response)).startsWith("The supported API model names are ");
    }

    @Test
    void j12RefusesAPromptExactlyFromTheContextOn() throws Exception {
        int context = 2_000;
        try (ApiTarget small = ApiTarget.withContext(context)) {
            for (int tokens : new int[] {context - 1, context, context + 1}) {
                String body = messages(textOf(small, tokens));
                assertThat(count(small, body)).isEqualTo(tokens);
                HttpResponse<String> response = small.post(MESSAGES, body);
                if (tokens < context) {
                    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                    assertThat(ApiTarget.JSON
                                    .readTree(response.body())
                                    .at("/usage/input_tokens")
                                    .asInt())
                            .isEqualTo(tokens);
                } else {
                    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
                    assertThat(error(response))
                            .contains(
                                    "maximum context length is " + context + " tokens",
                                    "(" + tokens + " in the messages, ");
                }
            }
        }
    }

    /** A text whose prompt has so many tokens. */
    private static String textOf(ApiTarget small, int tokens) throws Exception {
        int words = tokens / 2;
        for (int tries = 0; tries < 100; tries++) {
            String text = "hello" + " a".repeat(words);
            int has = count(small, messages(text));
            if (has == tokens) {
                return text;
            }
            words += has < tokens ? Math.max(1, (tokens - has) / 2) : -Math.max(1, (has - tokens) / 2);
        }
        throw new AssertionError("no text has " + tokens + " tokens");
    }

    private static int count(ApiTarget small, String body) throws Exception {
        HttpResponse<String> response = small.post(MESSAGES + "/count_tokens", body);
        return ApiTarget.JSON.readTree(response.body()).path("input_tokens").asInt();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", " ", "\u200d", "\ud83d\ude00\u200d", "\u00e9", "0", "\n"})
    void j13TokenisesPathologicalTextInLinearTime(String piece) throws Exception {
        long began = System.nanoTime();
        HttpResponse<String> response =
                target.post(MESSAGES + "/count_tokens", messages(piece.repeat(5_000_000 / piece.length())));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void j14TellsTheSameErrorInThreeDialects() throws Exception {
        HttpResponse<String> openAi =
                chat("{\"model\":\"gpt-5\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}");
        HttpResponse<String> anthropic = target.post(
                MESSAGES,
                "{\"model\":\"gpt-5\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}");
        HttpResponse<String> responses = target.post("/v1/responses", "{\"model\":\"gpt-5\",\"input\":\"a\"}");
        assertThat(error(anthropic)).isEqualTo(error(openAi));
        assertThat(error(responses)).isEqualTo(error(openAi));
        assertThat(ApiTarget.JSON.readTree(openAi.body()).at("/error/code").asString())
                .isEqualTo("invalid_request_error");
        assertThat(ApiTarget.JSON.readTree(anthropic.body()).at("/type").asString())
                .isEqualTo("error");
        assertThat(ApiTarget.JSON.readTree(anthropic.body()).at("/request_id").asString())
                .isEqualTo(anthropic.headers().firstValue("request-id").orElseThrow());
    }
}
