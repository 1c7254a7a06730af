package dev.hadal.server.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.chat.ChatRequestException;
import dev.hadal.chat.Field;
import dev.hadal.chat.Message;
import dev.hadal.chat.Part;
import dev.hadal.chat.ReasoningEffort;
import dev.hadal.chat.Task;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.chat.ToolCall;
import dev.hadal.chat.ToolSpec;
import dev.hadal.server.api.Decisions;
import dev.hadal.server.api.Recorded;
import dev.hadal.server.api.ServedCall;
import dev.hadal.server.api.StubBackend;
import dev.hadal.server.http.HttpException;
import dev.hadal.server.http.Limits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesFieldsTest {
    @Test
    void readsBlocksOfEveryKind() {
        ServedCall call = read("""
                {"system": [{"type": "text", "text": "x-anthropic-billing-header: cc_version=1"},
                            {"type": "text", "text": "s1", "cache_control": {"type": "ephemeral"}},
                            {"type": "text", "text": "s2"}],
                 "messages": [
                  {"role": "user", "content": [{"type": "text", "text": "u"},
                      {"type": "image", "source": {"type": "base64", "data": "AAAA"}}]},
                  {"role": "system", "content": "late"},
                  {"role": "assistant", "content": [
                      {"type": "thinking", "thinking": "t", "signature": "x"},
                      {"type": "redacted_thinking", "data": "x"},
                      {"type": "text", "text": "a"},
                      {"type": "tool_use", "id": "c", "name": "f", "input": {"b": 1.50, "a": ["x"]}}]},
                  {"role": "user", "content": [
                      {"type": "tool_result", "tool_use_id": "c", "is_error": false, "content": [
                          {"type": "text", "text": "r"}, {"type": "image", "source": {}}]},
                      {"type": "text", "text": "more"}]}],
                 "tools": [{"name": "f", "description": "d", "input_schema": {"type": "object"}, "defer_loading": true,
                            "cache_control": {"type": "ephemeral"}},
                           {"type": "web_search_20250305", "name": "web_search"}],
                 "metadata": {"user_id": "u1"}}""");
        assertThat(call.conversation().messages())
                .containsExactly(
                        Message.system("s1\n\ns2"),
                        new Message.User(List.of(new Part.Text("u"), new Part.Unsupported("image")), Task.NONE),
                        Message.user("late"),
                        new Message.Assistant(
                                "t", "a", List.of(new ToolCall("c", "f", "{\"b\": 1.5, \"a\": [\"x\"]}"))),
                        new Message.User(
                                List.of(
                                        new Part.ToolResult(
                                                "c", List.of(new Part.Text("r"), new Part.Unsupported("image"))),
                                        new Part.Text("more")),
                                Task.NONE));
        assertThat(call.conversation().tools())
                .containsExactly(new ToolSpec(
                        "f", "{\"name\": \"f\", \"description\": \"d\", \"parameters\": {\"type\": \"object\"}}"));
        assertThat(call.normalised()).hasToString("attribution, images, late-system, server-tools");
        assertThat(call.userId()).isEqualTo("u1");
        assertThat(call.options().prompt().restoreReasoning()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "^^                                                      | THINKING | HIGH",
                "\"thinking\":{\"type\":\"adaptive\",\"display\":\"omitted\"} | THINKING | HIGH",
                "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":5} | THINKING | HIGH",
                "\"thinking\":{\"type\":\"disabled\"}                    | CHAT     | HIGH",
                "\"output_config\":{\"effort\":\"low\"}                  | THINKING | LOW",
                "\"output_config\":{\"effort\":\"xhigh\"}                | THINKING | HIGH",
                "\"output_config\":{\"effort\":\"ultra\"}                | THINKING | MAX",
                "\"output_config\":{\"effort\":\"max\",\"format\":{\"type\":\"json_schema\"}} | THINKING | MAX",
                "\"thinking\":{\"type\":\"disabled\"},\"output_config\":{\"effort\":\"max\"} | CHAT | MAX"
            })
    void readsThinkingAndEffort(String fields, ThinkingMode mode, ReasoningEffort effort) {
        ServedCall call = asked(fields);
        assertThat(call.options().mode()).isEqualTo(mode);
        assertThat(call.options().effort()).isEqualTo(effort);
    }

    @Test
    void subAgentsThatDisableThinkingAreRefusedUnderStrictParityOnly() {
        Field body = field("{\"messages\":[{\"role\":\"user\",\"content\":\"q\"}],\"thinking\":{\"type\":\"disabled\"},"
                + "\"output_config\":{\"effort\":\"max\"}}");
        assertThatThrownBy(() -> fields(Decisions.strictParity()).read(body, StubBackend.model("m")))
                .hasMessage("thinking options type cannot be disabled when reasoning_effort is set");
    }

    @Test
    void samplingCountsWithoutThinkingOnly() {
        String values = "\"temperature\":0.2,\"top_p\":0.5,\"top_k\":40";
        assertThat(Objects.requireNonNull(asked(values).options().sampling()).temperature())
                .isEqualTo(1);
        assertThat(Objects.requireNonNull(asked(values + ",\"thinking\":{\"type\":\"disabled\"}")
                                .options()
                                .sampling())
                        .temperature())
                .isEqualTo(0.2f);
    }

    @Test
    void maxTokensMayBeMissing() {
        assertThat(asked("").options().limits().maxTokens()).isEqualTo(393_216);
        assertThatThrownBy(() -> asked("\"max_tokens\":0"))
                .hasMessage("Invalid max_tokens value, the valid range of max_tokens is [1, 393216]");
    }

    @Test
    void unknownWordsAreNamed() {
        assertThatThrownBy(() -> asked("\"output_config\":{\"effort\":\"minimal\"}"))
                .isInstanceOf(ChatRequestException.class)
                .hasMessage("output_config.effort: unknown variant `minimal`, expected one of `low`, `medium`, `high`,"
                        + " `xhigh`, `ultra`, `max`");
        assertThatThrownBy(() -> read("{\"messages\":[{\"role\":\"tool\",\"content\":\"q\"}]}"))
                .hasMessage("messages[0].role: unknown variant `tool`, expected one of `user`, `assistant`, `system`");
        assertThatThrownBy(() -> read("{\"messages\":[]}")).hasMessageStartingWith("messages: is required");
    }

    @Test
    void forcedCallsAreRefusedHonestly() {
        String tools = "\"tools\":[{\"name\":\"f\"}],\"tool_choice\":";
        assertThatThrownBy(() -> asked(tools + "{\"type\":\"any\"}"))
                .isInstanceOf(HttpException.class)
                .hasMessage("Thinking mode does not support this tool_choice");
        assertThatThrownBy(() -> asked(tools + "{\"type\":\"tool\",\"name\":\"g\"}"))
                .hasMessage("tool_choice names a function that is not among the tools");
        assertThat(asked(tools + "{\"type\":\"auto\",\"disable_parallel_tool_use\":true}")
                        .conversation()
                        .tools())
                .hasSize(1);
        assertThat(asked(tools + "{\"type\":\"none\"}").conversation().tools()).isEmpty();
    }

    @Test
    void anAnswerThatTheClientBeganIsContinued() {
        ServedCall call = read("{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},"
                + "{\"role\":\"assistant\",\"content\":\"So\"}],\"thinking\":{\"type\":\"disabled\"}}");
        assertThat(call.conversation().messages().getLast())
                .isEqualTo(Message.assistant("So").opened());
    }

    @Test
    void twoRequestsOfOneClaudeCodeSessionBeginAlike() {
        ServedCall first = read(Recorded.read("claude-code/01").body().toString());
        ServedCall second = read(Recorded.read("claude-code/02").body().toString());
        assertThat(second.conversation().tools()).isEqualTo(first.conversation().tools());
        assertThat(second.conversation().messages().subList(0, 3))
                .isEqualTo(first.conversation().messages());
        ServedCall otherSession = read(Recorded.read("claude-code/03").body().toString());
        assertThat(otherSession.userId())
                .isEqualTo(first.userId())
                .contains("device_id")
                .doesNotContain("session");
    }

    private static ServedCall asked(String fields) {
        return read(
                "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]" + (fields.isEmpty() ? "" : "," + fields) + "}");
    }

    private static ServedCall read(String body) {
        return fields(Decisions.compatible()).read(field(body), StubBackend.model("deepseek-v4-pro"));
    }

    private static MessagesFields fields(Decisions decisions) {
        return new MessagesFields(StubBackend.replies(decisions), Limits.Fields.defaults());
    }

    private static Field field(String body) {
        return Field.body(body.getBytes(StandardCharsets.UTF_8));
    }
}
