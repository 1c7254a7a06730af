package dev.hadal.server.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.Field;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.Message;
import dev.hadal.chat.RequestedEffort;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.chat.ToolCall;
import dev.hadal.server.api.Decisions;
import dev.hadal.server.api.Normalisation;
import dev.hadal.server.api.Scene;
import dev.hadal.server.api.ServerEvent;
import dev.hadal.server.api.StubBackend;
import dev.hadal.server.api.ToolCallIds;
import dev.hadal.server.http.HttpException;
import dev.hadal.server.http.Limits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ResponseEventsTest {
    private static final String TOOLS = "{\"tools\":[{\"type\":\"function\",\"name\":\"weather\"},"
            + "{\"type\":\"custom\",\"name\":\"patch\",\"description\":\"d\"},{\"type\":\"web_search\"},"
            + "{\"type\":\"namespace\",\"name\":\"agents\",\"tools\":[{\"type\":\"function\",\"name\":\"close\"}]}]}";

    @Test
    void eventsComeInTheOrderOfItsItems() {
        List<ServerEvent> events = events(Scene.called(), false);
        assertThat(events)
                .extracting(ServerEvent::name)
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.reasoning_text.delta",
                        "response.reasoning_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.output_item.added",
                        "response.function_call_arguments.delta",
                        "response.function_call_arguments.delta",
                        "response.function_call_arguments.done",
                        "response.output_item.done",
                        "response.completed");
        for (int number = 0; number < events.size(); number++) {
            JsonNode event = JsonMapper.shared().readTree(events.get(number).data());
            assertThat(event.path("sequence_number").intValue()).isEqualTo(number);
            assertThat(event.path("type").stringValue())
                    .isEqualTo(events.get(number).name());
        }
    }

    @Test
    void theLastEventHoldsEverything() {
        JsonNode response = JsonMapper.shared()
                .readTree(events(Scene.called(), true).getLast().data())
                .path("response");
        assertThat(response.path("status").stringValue()).isEqualTo("completed");
        JsonNode output = response.path("output");
        assertThat(output.path(0).path("content").path(0).path("text").stringValue())
                .isEqualTo("Look.");
        assertThat(SealedReasoning.open(output.path(0).path("encrypted_content").stringValue()))
                .isEqualTo("Look.");
        assertThat(output.path(1).path("content").path(0).path("text").stringValue())
                .isEqualTo("I look.");
        assertThat(output.path(2).path("call_id").stringValue()).isEqualTo("call_00_a");
        assertThat(output.path(2).path("arguments").stringValue()).isEqualTo("{\"city\": \"Paris\"}");
        assertThat(response.path("usage").toString())
                .isEqualTo(
                        "{\"input_tokens\":363,\"input_tokens_details\":{\"cached_tokens\":300},\"output_tokens\":62,"
                                + "\"output_tokens_details\":{\"reasoning_tokens\":17},\"total_tokens\":425}");
    }

    @Test
    void anAnswerThatWasCutOffIsIncompleteAndItsLastCallNoItem() {
        List<ServerEvent> events = events(
                List.of(
                        new ChatEvent.Content("So"),
                        new ChatEvent.ToolCallStart(0, "call_00_a", "weather"),
                        new ChatEvent.ToolCallArguments(0, "{\"ci"),
                        Scene.end(FinishReason.LENGTH)),
                false);
        assertThat(events.getLast().name()).isEqualTo("response.incomplete");
        JsonNode response =
                JsonMapper.shared().readTree(events.getLast().data()).path("response");
        assertThat(response.path("incomplete_details").path("reason").stringValue())
                .isEqualTo("max_output_tokens");
        assertThat(response.path("output")).hasSize(1);
    }

    @Test
    void customToolsAndNamespacesGetTheirOwnNamesBack() {
        List<ServerEvent> events = events(
                List.of(
                        new ChatEvent.ToolCallStart(0, "call_00_a", "patch"),
                        new ChatEvent.ToolCallArguments(0, "{\"input\": \"a\\nb\"}"),
                        new ChatEvent.ToolCallEnd(0, new ToolCall("call_00_a", "patch", "{\"input\": \"a\\nb\"}")),
                        new ChatEvent.ToolCallStart(1, "call_01_b", "agents__close"),
                        new ChatEvent.ToolCallEnd(1, new ToolCall("call_01_b", "agents__close", "{}")),
                        Scene.end(FinishReason.TOOL_CALLS)),
                false);
        assertThat(events).extracting(ServerEvent::name).contains("response.custom_tool_call_input.delta");
        JsonNode output = JsonMapper.shared()
                .readTree(events.getLast().data())
                .path("response")
                .path("output");
        assertThat(output.path(0).path("type").stringValue()).isEqualTo("custom_tool_call");
        assertThat(output.path(0).path("input").stringValue()).isEqualTo("a\nb");
        assertThat(output.path(1).path("name").stringValue()).isEqualTo("close");
        assertThat(output.path(1).path("namespace").stringValue()).isEqualTo("agents");
    }

    @Test
    void aFailureIsAFailedResponse() {
        ServerEvent failed = projection(false)
                .failed(HttpException.of(503, "later"), "req-1")
                .getLast();
        assertThat(failed.name()).isEqualTo("response.failed");
        assertThat(failed.data()).contains("\"error\":{\"code\":\"server_is_overloaded\",\"message\":\"later\"}");
    }

    @Test
    void itemsBecomeTheMessagesThatTheyWere() {
        String body = "{\"instructions\":\"Be brief.\",\"input\":["
                + "{\"type\":\"message\",\"role\":\"developer\",\"content\":[{\"type\":\"input_text\",\"text\":\"Dev.\"}]},"
                + "{\"role\":\"user\",\"content\":\"q\"},"
                + "{\"type\":\"reasoning\",\"summary\":[],\"encrypted_content\":\"" + SealedReasoning.seal("Hm.")
                + "\"},"
                + "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"a\"}]},"
                + "{\"type\":\"function_call\",\"call_id\":\"c\",\"namespace\":\"agents\",\"name\":\"close\",\"arguments\":\"{}\"},"
                + "{\"type\":\"custom_tool_call\",\"call_id\":\"d\",\"name\":\"patch\",\"input\":\"x\\\"y\"},"
                + "{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":\"r\"},"
                + "{\"type\":\"custom_tool_call_output\",\"call_id\":\"d\",\"output\":[{\"type\":\"input_text\",\"text\":\"s\"}]},"
                + "{\"type\":\"reasoning\",\"summary\":[],\"encrypted_content\":\"of another server\"},"
                + "{\"role\":\"assistant\",\"content\":\"b\"},"
                + "{\"role\":\"user\",\"content\":\"next\"}]," + TOOLS.substring(1);
        ResponseFields.Asked asked = read(body);
        assertThat(asked.call().conversation().messages())
                .containsExactly(
                        Message.system("Be brief.\n\nDev."),
                        Message.user("q"),
                        new Message.Assistant(
                                "Hm.",
                                "a",
                                List.of(
                                        new ToolCall("c", "agents__close", "{}"),
                                        new ToolCall("d", "patch", "{\"input\": \"x\\\"y\"}"))),
                        Message.toolResult("c", "r"),
                        Message.toolResult("d", "s"),
                        Message.assistant("b"),
                        Message.user("next"));
        assertThat(asked.call().conversation().tools())
                .extracting(tool -> tool.name())
                .containsExactly("weather", "patch", "agents__close");
        assertThat(asked.call().normalised()).hasToString("server-tools");
        assertThat(asked.call().options().mode()).isEqualTo(ThinkingMode.THINKING);
    }

    @Test
    void nothingIsTakenFromAStore() {
        for (String field : List.of(
                "\"previous_response_id\":\"resp_1\"",
                "\"conversation\":\"c\"",
                "\"background\":true",
                "\"text\":{\"format\":{\"type\":\"json_schema\"}}")) {
            assertThatThrownBy(() -> read("{\"input\":\"q\"," + field + "}")).isInstanceOf(HttpException.class);
        }
        assertThatThrownBy(() -> read("{\"input\":[{\"type\":\"item_reference\",\"id\":\"x\"}]}"))
                .hasMessage("input[0]: this server stores no items; send the item itself");
    }

    private static ResponseFields.Asked read(String body) {
        return new ResponseFields(StubBackend.replies(Decisions.compatible()), Limits.Fields.defaults())
                .read(field(body), StubBackend.model("m"));
    }

    private static List<ServerEvent> events(List<ChatEvent> answer, boolean sealed) {
        return Scene.events(projection(sealed), answer);
    }

    private static ResponseEvents projection(boolean sealed) {
        ResponseTools tools = new ResponseTools(field(TOOLS).get("tools"), new Normalisation());
        ReplyHead head = new ReplyHead("resp_1", 1788397871, "deepseek-v4-pro", "f00d");
        return new ResponseEvents(
                new ResponseJson(head, RequestedEffort.HIGH, true, Decisions.compatible()),
                new ResponseItems(tools, new ToolCallIds(), sealed));
    }

    private static Field field(String body) {
        return Field.body(body.getBytes(StandardCharsets.UTF_8));
    }
}
