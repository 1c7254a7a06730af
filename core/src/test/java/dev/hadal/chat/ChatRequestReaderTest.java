package dev.hadal.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatRequestReaderTest {
    private static final String USER = "{\"role\":\"user\",\"content\":\"q\"}";

    @Test
    void readsAConversationOfEveryRole() {
        ChatRequest request = read("""
                {"model": "m", "messages": [
                  {"role": "system", "content": "s", "name": "ignored"},
                  {"role": "developer", "content": [{"type": "text", "text": "d1"}, {"type": "text", "text": "d2"}]},
                  {"role": "user", "content": [{"type": "text", "text": "u"}, {"type": "image_url", "image_url": {}}]},
                  {"role": "assistant", "content": null, "reasoning_content": "r", "tool_calls": [
                    {"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}},
                    {"function": {"name": "g", "arguments": {"a": 1}}}]},
                  {"role": "tool", "tool_call_id": "c", "content": "t", "name": "f"},
                  {"role": "assistant", "content": "b", "prefix": true}],
                 "tools": [{"type": "function", "function": {"name": "f", "strict": true}}]}""");
        assertThat(request.conversation())
                .isEqualTo(new Conversation(
                        List.of(
                                Message.system("s"),
                                Message.system("d1\n\nd2"),
                                new Message.User(
                                        List.of(new Part.Text("u"), new Part.Unsupported("image_url")), Task.NONE),
                                new Message.Assistant(
                                        "r",
                                        "",
                                        List.of(new ToolCall("c", "f", "{}"), new ToolCall("", "g", "{\"a\": 1}"))),
                                Message.toolResult("c", "t"),
                                Message.assistant("b").opened()),
                        List.of(new ToolSpec("f", "{\"name\": \"f\", \"strict\": true}")),
                        0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "^^                                                        | GA      | THINKING | HIGH",
                "\"thinking\":null                                         | GA      | THINKING | HIGH",
                "\"thinking\":{\"type\":\"disabled\"}                      | GA      | CHAT     | HIGH",
                "\"reasoning_effort\":\"none\"                             | GA      | CHAT     | NONE",
                "\"thinking\":{\"type\":\"disabled\"},\"reasoning_effort\":\"max\" | GA | CHAT   | MAX",
                "\"thinking\":{\"type\":\"enabled\",\"reasoning_effort\":\"max\"} | GA  | THINKING | MAX",
                "\"reasoning_effort\":\"minimal\"                          | GA      | THINKING | LOW",
                "\"reasoning_effort\":\"low\"                              | GA      | THINKING | LOW",
                "\"reasoning_effort\":\"low\"                              | PREVIEW | THINKING | HIGH",
                "\"reasoning_effort\":\"medium\"                           | GA      | THINKING | HIGH",
                "\"reasoning_effort\":\"xhigh\"                            | GA      | THINKING | HIGH",
                "\"reasoning_effort\":\"xhigh\"                            | PREVIEW | THINKING | MAX",
                "\"reasoning_effort\":\"max\"                              | PREVIEW | THINKING | MAX"
            })
    void readsThinkingAndEffort(String fields, EffortRules rules, ThinkingMode mode, ReasoningEffort effort) {
        String body = "{\"messages\":[" + USER + "]" + (fields.isEmpty() ? "" : "," + fields) + "}";
        EncodingOptions options = ChatRequestReader.chatCompletions(body.getBytes(StandardCharsets.UTF_8), rules)
                .options();
        assertThat(options).isEqualTo(EncodingOptions.of(mode).withRules(rules).withEffort(effort));
    }

    @Test
    void readsTheJsonMode() {
        assertThat(read("{\"messages\":[" + USER + "],\"response_format\":{\"type\":\"json_object\"}}")
                        .jsonObject())
                .isTrue();
        assertThat(read("{\"messages\":[" + USER + "]}").jsonObject()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "[]                        | the body must be a JSON object, but is an array",
                "{}                        | messages: is required and must be an array of at least one message",
                "{\"messages\":[]}         | messages: is required and must be an array of at least one message",
                "{\"messages\":\"a\"}      | messages: must be an array, but is a string",
                "{\"messages\":[1]}        | messages[0]: must be an object, but is a number",
                "{\"messages\":[{}]}       | messages[0].role: is required and must be a string",
                "{\"messages\":[{\"role\":\"bot\"}]} | messages[0].role: unknown variant `bot`, expected one of `system`, "
                        + "`developer`, `user`, `assistant`, `tool`",
                "{\"messages\":[{\"role\":\"latest_reminder\",\"content\":\"a\"}]} | messages[0].role: unknown variant "
                        + "`latest_reminder`, expected one of `system`, `developer`, `user`, `assistant`, `tool`",
                "{\"messages\":[{\"role\":\"user\"}]} | messages[0].content: is required and must be a string",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]} | messages[0].content[0].text: is "
                        + "required and must be a string",
                "{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{}}]}]} | "
                        + "messages[0].tool_calls[0].function.name: is required and must be a string",
                "{\"messages\":[{\"role\":\"system\",\"content\":[{\"type\":\"image_url\"}]}]} | messages[0].content: only "
                        + "text parts are possible here",
                "{\"messages\":[{\"role\":\"assistant\",\"prefix\":true},{\"role\":\"user\",\"content\":\"\"}]} | "
                        + "messages[0].prefix: only the last message can be a prefix to continue",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"\"}],\"tools\":[{\"type\":\"web_search\"}]} | "
                        + "tools[0].type: unknown variant `web_search`, expected one of `function`",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"\"}],\"thinking\":{\"type\":\"adaptive\"}} | "
                        + "thinking.type: unknown variant `adaptive`, expected one of `enabled`, `disabled`",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"\"}],\"reasoning_effort\":\"bogus\"} | reasoning_effort: "
                        + "unknown variant `bogus`, expected one of `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"\"}],\"response_format\":{\"type\":\"json_schema\"}} | "
                        + "response_format.type: unknown variant `json_schema`, expected one of `text`, `json_object`"
            })
    void refusesNamingTheField(String body, String reason) {
        assertThatThrownBy(() -> read(body))
                .isInstanceOf(ChatRequestException.class)
                .hasMessage(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"messages\":[]} x", "{} {}", "{'a':1}", "nul"})
    void refusesWhatIsNotOneJsonValue(String body) {
        assertThatThrownBy(() -> read(body)).isInstanceOf(ChatRequestException.class);
    }

    @Test
    void tellsWhereTheJsonBreaks() {
        assertThatThrownBy(() -> read("{\"messages\":\n  [1,]}"))
                .isInstanceOf(ChatRequestException.class)
                .hasMessageStartingWith("the body cannot be read as JSON: ")
                .hasMessageEndingWith("(line 2, column 6)");
    }

    @Test
    void limitsTheDepthOfMessages() {
        assertThat(read(nested(60)).conversation().messages()).hasSize(1);
        assertThatThrownBy(() -> read(nested(61)))
                .isInstanceOf(ChatRequestException.class)
                .hasMessage("messages[0]: is nested deeper than 64 levels");
        assertThatThrownBy(() -> read(nested(10_000_000)))
                .isInstanceOf(ChatRequestException.class)
                .hasMessageStartingWith("the body cannot be read as JSON: Document nesting depth (261) exceeds");
    }

    @Test
    void limitsTheDepthOfToolSchemas() {
        assertThat(read(tool(255)).conversation().tools()).hasSize(1);
        assertThatThrownBy(() -> read(tool(256))).isInstanceOf(ChatRequestException.class);
    }

    @Test
    void refusesInvalidUtf8() {
        byte[] body = ("{\"messages\":[" + USER + "]}").getBytes(StandardCharsets.ISO_8859_1);
        body[body.length - 5] = (byte) 0xFF;
        assertThatThrownBy(() -> ChatRequestReader.chatCompletions(body, EffortRules.GA))
                .isInstanceOf(ChatRequestException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{\"messages\":[{\"role\":\"foo\"}]} | messages[0].role: unknown variant `foo`, expected one of `system`, "
                        + "`user`, `assistant`, `tool`, `latest_reminder`, `developer`",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"\",\"task\":\"fly\"}]} | messages[0].task: unknown variant "
                        + "`fly`, expected one of `none`, `action`, `query`, `authority`, `domain`, `title`, `read_url`",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"\"}],\"rules\":\"v5\"} | rules: unknown variant `v5`, "
                        + "expected one of `preview`, `ga`, `v4-preview-2026-04`, `v4-ga-2026-07-31`",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"\"}],\"thinking_mode\":\"loud\"} | thinking_mode: unknown "
                        + "variant `loud`, expected one of `chat`, `thinking`",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"\"}],\"options\":{\"reasoning_effort\":\"mid\"}} | "
                        + "options.reasoning_effort: unknown variant `mid`, expected one of `none`, `low`, `high`, `max`"
            })
    void refusesEncoderCallsNamingTheField(String body, String reason) {
        assertThatThrownBy(() -> ChatRequestReader.encoderCall(body, EffortRules.PREVIEW))
                .isInstanceOf(ChatRequestException.class)
                .hasMessage(reason);
    }

    private static ChatRequest read(String body) {
        return ChatRequestReader.chatCompletions(body.getBytes(StandardCharsets.UTF_8), EffortRules.PREVIEW);
    }

    /** body, messages, message: three levels, and {@code levels} more. */
    private static String nested(int levels) {
        String deep = "[".repeat(levels + 1) + "]".repeat(levels + 1);
        return "{\"messages\":[{\"role\":\"user\",\"content\":\"\",\"x\":" + deep + "}]}";
    }

    private static String tool(int levels) {
        String deep = "[".repeat(levels) + "]".repeat(levels);
        return "{\"messages\":[" + USER + "],\"tools\":[{\"function\":{\"name\":\"f\",\"parameters\":" + deep + "}}]}";
    }
}
