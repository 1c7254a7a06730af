package dev.hadal.server.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.chat.ChatRequestException;
import dev.hadal.chat.Field;
import dev.hadal.chat.ReasoningEffort;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.sample.SamplingParams;
import dev.hadal.server.api.Decisions;
import dev.hadal.server.api.ModelChoice;
import dev.hadal.server.api.Refusals;
import dev.hadal.server.api.Replies;
import dev.hadal.server.api.ServedCall;
import dev.hadal.server.api.StubBackend;
import dev.hadal.server.http.HttpException;
import dev.hadal.server.http.Limits;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatRequestFieldsTest {
    private static final String TOOLS = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]";
    private static final String OFF = "\"thinking\":{\"type\":\"disabled\"}";

    @Test
    void thinkingIgnoresHowTokensShouldBeChosen() {
        String values = "\"temperature\":0.2,\"top_p\":0.5,\"frequency_penalty\":1,\"presence_penalty\":1,"
                + "\"logit_bias\":{\"5\":1},\"seed\":42";
        assertThat(sampling(values)).isEqualTo(new SamplingParams(1, 1, 0, 0, 42));
        SamplingParams chat = sampling(values + "," + OFF);
        assertThat(chat.temperature()).isEqualTo(0.2f);
        assertThat(chat.topP()).isEqualTo(0.5f);
        assertThat(chat.seed()).isEqualTo(42);
        assertThat(chat.adjustments().penalties().frequency()).isEqualTo(1);
        assertThat(chat.adjustments().bias().values()).containsEntry(5, 1f);
    }

    @Test
    void strictParityIgnoresWhatTheHostedServiceIgnores() {
        ServedCall call = read(
                Decisions.strictParity(),
                "\"frequency_penalty\":1,\"logit_bias\":{\"5\":1},\"seed\":42,\"n\":3,\"temperature\":0.2," + OFF);
        SamplingParams sampling = Objects.requireNonNull(call.options().sampling());
        assertThat(sampling.adjustments().isNone()).isTrue();
        assertThat(sampling.seed()).isNotEqualTo(42);
        assertThat(sampling.temperature()).isEqualTo(0.2f);
        assertThat(call.options().output().choices()).isEqualTo(1);
    }

    @Test
    void requestsWithoutASeedDiffer() {
        assertThat(sampling("").seed()).isNotEqualTo(sampling("").seed());
    }

    @Test
    void limitsAndStopsAreRead() {
        ServedCall call = read("\"max_tokens\":5,\"stop\":[\"a\",\"b\"],\"n\":2,\"logprobs\":true,\"top_logprobs\":3,"
                + "\"user_id\":\"u\",\"unknown\":{\"x\":[1]}");
        assertThat(call.options().limits().maxTokens()).isEqualTo(5);
        assertThat(call.options().stop()).containsExactly("a", "b");
        assertThat(call.options().output().choices()).isEqualTo(2);
        assertThat(call.options().output().topLogProbs()).isEqualTo(3);
        assertThat(call.userId()).isEqualTo("u");
        assertThat(read("\"stop\":\"x\",\"max_completion_tokens\":384000").options())
                .satisfies(options -> assertThat(options.stop()).containsExactly("x"))
                .satisfies(options -> assertThat(options.limits().maxTokens()).isEqualTo(384_000));
        assertThat(read("").options().limits().maxTokens()).isEqualTo(393_216);
        assertThat(read("\"max_tokens\":null,\"stop\":null,\"n\":null")
                        .options()
                        .limits()
                        .maxTokens())
                .isEqualTo(393_216);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "393217", "2147483648", "9223372036854775807"})
    void maxTokensOutOfRangeIsRefusedInTheWordsOfTheHostedService(String number) {
        refuses("\"max_tokens\":" + number, "Invalid max_tokens value, the valid range of max_tokens is [1, 393216]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "\"max_tokens\":1e30            | max_tokens: must be an integer of at most 64 bits, but is 1.0E30",
                "\"max_tokens\":1.0             | max_tokens: must be an integer of at most 64 bits, but is 1.0",
                "\"max_tokens\":\"5\"           | max_tokens: must be an integer, but is a string",
                "\"temperature\":2.1            | temperature: must be from 0 to 2, but is 2.1",
                "\"temperature\":-1             | temperature: must be from 0 to 2, but is -1",
                "\"temperature\":1e999          | temperature: must be a number, but is too large for one",
                "\"top_p\":1.5                  | top_p: must be from 0 to 1, but is 1.5",
                "\"presence_penalty\":2.5       | presence_penalty: must be from -2 to 2, but is 2.5",
                "\"frequency_penalty\":-3       | frequency_penalty: must be from -2 to 2, but is -3",
                "\"n\":0                        | n: must be from 1 to 8, but is 0",
                "\"n\":16384                    | n: must be from 1 to 8, but is 16384",
                "\"seed\":1e3                   | seed: must be an integer of at most 64 bits, but is 1000.0",
                "\"logit_bias\":{\"x\":1}       | logit_bias: the keys must be token ids, but one is `x`",
                "\"logit_bias\":{\"1\":101}     | logit_bias.1: must be from -100 to 100, but is 101",
                "\"stop\":[\"a\",\"\"]          | stop[1]: a stop text must not be empty",
                "\"stop\":5                     | stop: must be an array, but is a number",
                "\"stream\":\"yes\"             | stream: must be true or false, but is a string",
                "\"logprobs\":true,\"top_logprobs\":21 | top_logprobs: must be from 0 to 20, but is 21",
                "\"thinking\":{\"type\":\"on\"} | thinking.type: unknown variant `on`, expected one of `enabled`, `disabled`",
                "\"reasoning_effort\":\"ultra\" | reasoning_effort: unknown variant `ultra`, expected one of `none`, "
                        + "`minimal`, `low`, `medium`, `high`, `xhigh`, `max`",
                "\"tool_choice\":\"maybe\"      | tool_choice: unknown variant `maybe`, expected one of `none`, `auto`, "
                        + "`required`",
                "\"tools\":{}                   | tools: must be an array, but is an object",
                "\"tools\":[{\"type\":\"function\"}] | tools[0].function: is required and must be an object"
            })
    void aWrongFieldIsNamed(String field, String reason) {
        String body = body(field);
        assertThatThrownBy(() -> {
                    ServedCall call = read(field);
                    // Read by the handler.
                    Field.body(bytes(body)).get("stream").bool(call.toolsForbidden());
                })
                .isInstanceOfSatisfying(
                        ChatRequestException.class,
                        refusal -> assertThat(Refusals.unreadable(refusal, bytes(body))
                                        .getMessage())
                                .startsWith("Failed to deserialize the JSON body into the target type: " + reason
                                        + " at line 1 column "));
    }

    @Test
    void theMessageTellsWhereTheFieldEnds() {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"}],\n\"reasoning_effort\":\"bogus\"}";
        assertThatThrownBy(() ->
                        fields(Decisions.compatible(), false).read(Field.body(bytes(body)), StubBackend.model("m")))
                .isInstanceOfSatisfying(
                        ChatRequestException.class,
                        refusal -> assertThat(Refusals.unreadable(refusal, bytes(body))
                                        .getMessage())
                                .endsWith(", `max` at line 2 column 26"));
    }

    @Test
    void seedsMayBeAnyInteger() {
        for (long seed : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThat(sampling("\"seed\":" + seed).seed()).isEqualTo(seed);
        }
    }

    @Test
    void numbersOfThingsAreLimited() {
        refuses("\"stop\":[" + many(17, "\"s\"") + "]", "stop: has 17 stop texts, at most 16 are possible");
        refuses(
                "\"stop\":[\"" + "ä".repeat(513) + "\"]",
                "stop[0]: is a stop text of 1026 bytes, at most 1024 are possible");
        assertThat(read("\"stop\":[" + many(16, "\"" + "s".repeat(1024) + "\"") + "]")
                        .options()
                        .stop())
                .hasSize(16);
        String bias =
                IntStream.range(0, 1025).mapToObj(id -> "\"" + id + "\":1").collect(Collectors.joining(","));
        refuses("\"logit_bias\":{" + bias + "}", "logit_bias: has 1025 entries, at most 1024 are possible");
        String tools = IntStream.range(0, 513)
                .mapToObj(id -> "{\"type\":\"function\",\"function\":{\"name\":\"f" + id + "\"}}")
                .collect(Collectors.joining(","));
        refuses("\"tools\":[" + tools + "]", "tools: there are 513 tools, at most 512 are possible");
        refusesBody(
                "{\"messages\":[" + many(100_001, "{\"role\":\"user\",\"content\":\"q\"}") + "]}",
                "messages: there are 100001 messages, at most 100000 are possible");
        refusesBody(
                "{\"messages\":[{\"role\":\"user\",\"content\":[" + many(1_001, "{\"type\":\"text\",\"text\":\"\"}")
                        + "]}]}",
                "messages[0].content: there are 1001 parts, at most 1000 are possible");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\\\"b", "a\\nb", "</tool>", "<｜DSML｜>", "名", "a.b"})
    void toolNamesAreLettersDigitsUnderscoresAndDashes(String name) {
        refuses(
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"" + name + "\"}}]",
                "tools[0]: the name of a tool is 1 to 128 letters, digits, underscores and dashes");
    }

    @Test
    void longAndDoubleToolNamesAreRefused() {
        String tool = "{\"type\":\"function\",\"function\":{\"name\":\"%s\"}}";
        refuses("\"tools\":[" + tool.formatted("f".repeat(10_240)) + "]", "tools[0]: the name of a tool is 1 to 128");
        refuses(
                "\"tools\":[" + tool.formatted("f") + "," + tool.formatted("f") + "]",
                "tools[1]: there are two tools of the name f");
    }

    @Test
    void disabledWinsOverEffortUnlessParityIsStrict() {
        String both = OFF + ",\"reasoning_effort\":\"max\"";
        assertThat(read(both).options().mode()).isEqualTo(ThinkingMode.CHAT);
        assertThatThrownBy(() -> read(Decisions.strictParity(), both))
                .hasMessage("thinking options type cannot be disabled when reasoning_effort is set");
        assertThat(read(Decisions.strictParity(), "\"reasoning_effort\":\"none\"")
                        .options()
                        .mode())
                .isEqualTo(ThinkingMode.CHAT);
        assertThat(read("").options().effort()).isEqualTo(ReasoningEffort.HIGH);
    }

    @Test
    void theNameThatDoesNotThinkWinsOverEffortToo() {
        assertThat(quietMode("\"reasoning_effort\":\"max\"")).isEqualTo(ThinkingMode.CHAT);
        assertThat(quietMode("\"thinking\":{}")).isEqualTo(ThinkingMode.CHAT);
        assertThat(quietMode("\"thinking\":{\"type\":\"enabled\"}")).isEqualTo(ThinkingMode.THINKING);
    }

    private static ThinkingMode quietMode(String fields) {
        ModelChoice thinking = StubBackend.model("deepseek-v4-flash");
        ModelChoice quiet = new ModelChoice(thinking.name(), thinking.backend(), ThinkingMode.CHAT);
        return fields(Decisions.compatible(), false)
                .read(Field.body(bytes(body(fields))), quiet)
                .options()
                .mode();
    }

    @Test
    void forcedCallsAreRefusedHonestly() {
        String named = "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"%s\"}}";
        refuses(TOOLS + ",\"tool_choice\":\"required\"", "Thinking mode does not support this tool_choice");
        refuses(TOOLS + "," + named.formatted("f"), "Thinking mode does not support this tool_choice");
        refuses(
                OFF + "," + TOOLS + "," + named.formatted("f"),
                "This tool_choice needs constrained decoding, which this server does not offer yet; use auto");
        refuses(TOOLS + "," + named.formatted("g"), "tool_choice names a function that is not among the tools");
        refuses("\"tool_choice\":\"required\"", "tool_choice asks for a call, but the request has no tools");
    }

    @Test
    void noneTakesTheToolsAwayAndKeepsTheReasoning() {
        ServedCall none = read(TOOLS + ",\"tool_choice\":\"none\"");
        assertThat(none.conversation().tools()).isEmpty();
        assertThat(none.toolsForbidden()).isTrue();
        assertThat(none.options().prompt().dropThinking()).isFalse();
        assertThat(none.normalised()).hasToString("forbidden-tools");
        assertThat(read(TOOLS + ",\"tool_choice\":\"auto\"").toolsForbidden()).isFalse();
        assertThat(read(TOOLS).conversation().tools()).hasSize(1);
    }

    @Test
    void formatsThatCannotBePromisedAreRefused() {
        refuses("\"response_format\":{\"type\":\"json_schema\"}", "This response_format type is unavailable now");
        refuses(
                "\"response_format\":{\"type\":\"json_object\"}",
                "This response_format type is unavailable now: without constrained decoding this server cannot promise"
                        + " JSON; ask for it in a message instead");
        assertThat(read("\"response_format\":{\"type\":\"text\"}")).isNotNull();
    }

    @Test
    void missingReasoningIsRefusedUnderStrictParityOnly() {
        String body =
                "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"%s},"
                        + "{\"role\":\"user\",\"content\":\"q\"}]," + TOOLS + "}";
        Field missing = Field.body(bytes(body.formatted("")));
        assertThat(fields(Decisions.compatible(), false)
                        .read(missing, StubBackend.model("m"))
                        .options()
                        .prompt()
                        .restoreReasoning())
                .isTrue();
        assertThatThrownBy(() -> fields(Decisions.strictParity(), false).read(missing, StubBackend.model("m")))
                .hasMessage("The `reasoning_content` in the thinking mode must be passed back to the API.");
        Field empty = Field.body(bytes(body.formatted(",\"reasoning_content\":\"\"")));
        assertThat(fields(Decisions.strictParity(), false).read(empty, StubBackend.model("m")))
                .isNotNull();
    }

    @Test
    void prefixesAndStrictFunctionsBelongToTheBetaPath() {
        String prefix = "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},"
                + "{\"role\":\"assistant\",\"content\":\"a\",\"prefix\":true}]}";
        refusesBody(prefix, "To continue a message (`prefix`) is a beta feature: use the base URL that ends in /beta");
        assertThat(fields(Decisions.compatible(), true).read(Field.body(bytes(prefix)), StubBackend.model("m")))
                .isNotNull();
        String strict = body("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":true}}]");
        assertThat(fields(Decisions.compatible(), false).read(Field.body(bytes(strict)), StubBackend.model("m")))
                .isNotNull();
        assertThatThrownBy(() ->
                        fields(Decisions.compatible(), true).read(Field.body(bytes(strict)), StubBackend.model("m")))
                .hasMessage("Strict functions need constrained decoding, which this server does not offer yet; leave"
                        + " `strict` out");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest",
                "file:///etc/passwd",
                "ftp://x/y",
                "http://[::1]/",
                "http://2130706433/",
                "data:image/png;base64,!!!!"
            })
    void imagesAreRefusedUnseen(String url) {
        refusesBody(
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + url
                        + "\"}}]}]}",
                "messages[0].content: this model reads text, not image_url");
    }

    @Test
    void optionsOfStreamsWithoutStreamAreRefused() {
        Field body = Field.body(bytes("{\"stream_options\":{\"include_usage\":true}}"));
        assertThatThrownBy(() -> ChatCompletions.includeUsage(body, false))
                .hasMessage("stream_options is only possible with \"stream\": true");
        assertThat(ChatCompletions.includeUsage(body, true)).isTrue();
    }

    @Test
    void topLogprobsNeedLogprobs() {
        refuses("\"top_logprobs\":5", "Invalid top_logprobs value, logprobs must be true if top_logprobs is set");
    }

    private static SamplingParams sampling(String fields) {
        return Objects.requireNonNull(read(fields).options().sampling());
    }

    private static ServedCall read(String fields) {
        return read(Decisions.compatible(), fields);
    }

    private static ServedCall read(Decisions decisions, String fields) {
        return fields(decisions, false).read(Field.body(bytes(body(fields))), StubBackend.model("deepseek-v4-flash"));
    }

    private static ChatRequestFields fields(Decisions decisions, boolean beta) {
        Replies replies = StubBackend.replies(decisions);
        return new ChatRequestFields(replies, Limits.Fields.defaults(), beta);
    }

    private static void refuses(String fields, String reason) {
        refusesBody(body(fields), reason);
    }

    private static void refusesBody(String body, String reason) {
        assertThatThrownBy(() ->
                        fields(Decisions.compatible(), false).read(Field.body(bytes(body)), StubBackend.model("m")))
                .satisfies(
                        refusal -> assertThat(refusal).isInstanceOfAny(HttpException.class, ChatRequestException.class))
                .hasMessageStartingWith(reason);
    }

    private static String body(String fields) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]" + (fields.isEmpty() ? "" : "," + fields) + "}";
    }

    private static String many(int count, String element) {
        return String.join(",", Collections.nCopies(count, element));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
