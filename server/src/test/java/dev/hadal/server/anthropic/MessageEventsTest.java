package dev.hadal.server.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.FinishReason;
import dev.hadal.server.api.Decisions;
import dev.hadal.server.api.Scene;
import dev.hadal.server.http.HttpException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageEventsTest {
    private static final MessageHead THINKING =
            new MessageHead("id-1", "deepseek-v4-pro", true, Decisions.compatible());
    private static final MessageHead CHAT = new MessageHead("id-1", "deepseek-v4-pro", false, Decisions.strictParity());

    @Test
    void aStreamHasTheObservedOrder() {
        assertThat(wire(THINKING, Scene.called())).isEqualTo("""
                        event: message_start
                        data: {"type":"message_start","message":{"id":"id-1","type":"message","role":"assistant","model":"deepseek-v4-pro","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":63,"cache_creation_input_tokens":0,"cache_read_input_tokens":300,"output_tokens":0,"service_tier":"standard"}}}

                        event: content_block_start
                        data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

                        event: ping
                        data: {"type":"ping"}

                        event: content_block_delta
                        data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Look."}}

                        event: content_block_delta
                        data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"id-1"}}

                        event: content_block_stop
                        data: {"type":"content_block_stop","index":0}

                        event: content_block_start
                        data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

                        event: content_block_delta
                        data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"I look."}}

                        event: content_block_stop
                        data: {"type":"content_block_stop","index":1}

                        event: content_block_start
                        data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"call_00_a","name":"weather","input":{}}}

                        event: content_block_delta
                        data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\\"city\\": \\""}}

                        event: content_block_delta
                        data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"Paris\\"}"}}

                        event: content_block_stop
                        data: {"type":"content_block_stop","index":2}

                        event: message_delta
                        data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":63,"cache_creation_input_tokens":0,"cache_read_input_tokens":300,"output_tokens":62,"service_tier":"standard"}}

                        event: message_stop
                        data: {"type":"message_stop"}

                        """);
    }

    @Test
    void thinkingIsABlockEvenIfThereIsNone() {
        assertThat(wire(THINKING, List.of(new ChatEvent.Content("Hi"), Scene.end(FinishReason.STOP))))
                .contains("""
                        "content_block":{"type":"thinking","thinking":"","signature":""}}
                        """)
                .contains("\"index\":1,\"content_block\":{\"type\":\"text\"");
        assertThat(wire(CHAT, List.of(new ChatEvent.Content("Hi"), Scene.end(FinishReason.STOP))))
                .doesNotContain("thinking")
                .contains("\"index\":0,\"content_block\":{\"type\":\"text\"");
    }

    @Test
    void theStopSequenceIsTold() {
        List<ChatEvent> answer =
                List.of(new ChatEvent.Content("Hi"), new ChatEvent.End(FinishReason.STOP, Scene.USAGE, "###"));
        assertThat(wire(CHAT, answer))
                .contains("\"delta\":{\"stop_reason\":\"stop_sequence\",\"stop_sequence\":\"###\"}");
        assertThat(MessageJson.of(CHAT, Scene.answer(answer)).toString())
                .contains("\"stop_reason\":\"stop_sequence\",\"stop_sequence\":\"###\"");
    }

    @Test
    void hitsAreFlooredUnderStrictParity() {
        assertThat(wire(CHAT, List.of(Scene.end(FinishReason.LENGTH))))
                .contains("\"input_tokens\":107,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":256")
                .contains("\"stop_reason\":\"max_tokens\"");
    }

    @Test
    void aCallThatIsCutOffStillClosesItsBlock() {
        assertThat(wire(
                        CHAT,
                        List.of(
                                new ChatEvent.ToolCallStart(0, "call_00_a", "f"),
                                new ChatEvent.ToolCallArguments(0, "{\"a"),
                                Scene.end(FinishReason.LENGTH))))
                .contains("""
                        event: content_block_stop
                        data: {"type":"content_block_stop","index":0}

                        event: message_delta
                        """);
    }

    @Test
    void thereIsNoWordForAnAnswerThatTheServerEnded() {
        assertThatThrownBy(() -> StopWords.of(Scene.end(FinishReason.DEADLINE)))
                .isInstanceOfSatisfying(
                        HttpException.class,
                        refusal -> assertThat(refusal.status()).isEqualTo(503));
    }

    @Test
    void aFailureIsAnErrorEvent() {
        assertThat(Scene.wire(new MessageEvents(CHAT).failed(HttpException.of(503, "later"), "req-1")))
                .startsWith(
                        "event: error\ndata: {\"type\":\"error\",\"error\":{\"message\":\"later\",\"type\":\"overloaded_error\"");
    }

    @Test
    void theWholeMessageSaysTheSame() {
        assertThat(MessageJson.of(THINKING, Scene.answer(Scene.called())).toString())
                .isEqualTo("{\"id\":\"id-1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"deepseek-v4-pro\","
                        + "\"content\":[{\"type\":\"thinking\",\"thinking\":\"Look.\",\"signature\":\"id-1\"},"
                        + "{\"type\":\"text\",\"text\":\"I look.\"},"
                        + "{\"type\":\"tool_use\",\"id\":\"call_00_a\",\"name\":\"weather\",\"input\":{\"city\": \"Paris\"}}],"
                        + "\"stop_reason\":\"tool_use\",\"stop_sequence\":null,"
                        + "\"usage\":{\"input_tokens\":63,\"cache_creation_input_tokens\":0,"
                        + "\"cache_read_input_tokens\":300,\"output_tokens\":62,\"service_tier\":\"standard\"}}");
    }

    private static String wire(MessageHead head, List<ChatEvent> answer) {
        return Scene.wire(Scene.events(new MessageEvents(head), answer));
    }
}
