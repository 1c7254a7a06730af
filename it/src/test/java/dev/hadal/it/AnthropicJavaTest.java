package dev.hadal.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicException;
import com.anthropic.errors.BadRequestException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.ThinkingConfigDisabled;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The official Java client of Anthropic. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class AnthropicJavaTest {
    private ScriptedServer server;
    private AnthropicClient client;

    @BeforeAll
    void start() {
        server = ScriptedServer.start("clients.yaml");
        client = AnthropicOkHttpClient.builder()
                .baseUrl(server.address() + "/anthropic")
                .apiKey("none")
                .maxRetries(0)
                .build();
    }

    @AfterAll
    void stop() {
        if (server != null) {
            client.close();
            server.close();
        }
    }

    private static MessageCreateParams.Builder ask(String question) {
        return MessageCreateParams.builder()
                .model("deepseek-v4-flash")
                .maxTokens(1000)
                .addUserMessage(question);
    }

    private static Tool weather() {
        return Tool.builder()
                .name("get_weather")
                .description("The weather in a city.")
                .inputSchema(Tool.InputSchema.builder()
                        .properties(Tool.InputSchema.Properties.builder()
                                .putAdditionalProperty("city", JsonValue.from(Map.of("type", "string")))
                                .build())
                        .build())
                .build();
    }

    private static String text(Message message) {
        return message.content().stream()
                .flatMap(block -> block.text().stream())
                .map(block -> block.text())
                .collect(Collectors.joining());
    }

    private static String thinking(Message message) {
        return message.content().stream()
                .flatMap(block -> block.thinking().stream())
                .map(block -> block.thinking())
                .collect(Collectors.joining());
    }

    @Test
    void chats() {
        Message message = client.messages().create(ask("I am Ada").build());
        assertThat(text(message)).isEqualTo("Hello, Ada!");
        assertThat(thinking(message)).isEqualTo("Somebody is called Ada.");
        assertThat(message.stopReason()).contains(StopReason.END_TURN);
        assertThat(message.usage().outputTokens()).isPositive();
    }

    @Test
    void answersWithoutThinkingWhenAsked() {
        Message message = client.messages()
                .create(ask("I am Ada")
                        .thinking(ThinkingConfigDisabled.builder().build())
                        .build());
        assertThat(message.content()).hasSize(1);
        assertThat(text(message)).isEqualTo("Hello, Ada!");
    }

    @Test
    void streamsWhatItSaysAtOnce() {
        MessageAccumulator accumulator = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> events =
                client.messages().createStreaming(ask("I am Ada").build())) {
            events.stream().forEach(accumulator::accumulate);
        }
        Message message = accumulator.message();
        assertThat(text(message)).isEqualTo("Hello, Ada!");
        assertThat(thinking(message)).isEqualTo("Somebody is called Ada.");
        assertThat(message.stopReason()).contains(StopReason.END_TURN);
    }

    @Test
    void callsToolsOverSeveralTurns() {
        MessageCreateParams.Builder conversation =
                ask("What is the weather in Paris?").addTool(weather());
        for (int turn = 0; turn < 3; turn++) {
            Message calling = client.messages().create(conversation.build());
            assertThat(calling.stopReason()).contains(StopReason.TOOL_USE);
            ToolUseBlock call = calling.content().stream()
                    .map(ContentBlock::toolUse)
                    .flatMap(java.util.Optional::stream)
                    .findFirst()
                    .orElseThrow();
            assertThat(call.name()).isEqualTo("get_weather");
            conversation
                    .addMessage(calling)
                    .addUserMessageOfContentBlockParams(
                            List.of(ContentBlockParam.ofToolResult(ToolResultBlockParam.builder()
                                    .toolUseId(call.id())
                                    .content((17 + turn) + " degrees")
                                    .build())));
            Message answer = client.messages().create(conversation.build());
            assertThat(text(answer)).isEqualTo("It is " + (17 + turn) + " degrees.");
            conversation.addMessage(answer).addUserMessage("And the weather tomorrow?");
        }
    }

    @Test
    void countsTheTokensThatAreCharged() {
        long counted = client.messages()
                .countTokens(MessageCountTokensParams.builder()
                        .model("deepseek-v4-flash")
                        .addUserMessage("I am Ada, counted")
                        .build())
                .inputTokens();
        Message message = client.messages().create(ask("I am Ada, counted").build());
        long charged = message.usage().inputTokens()
                + message.usage().cacheReadInputTokens().orElse(0L);
        assertThat(charged).isEqualTo(counted);
    }

    @Test
    void failsAsTheClientExpects() {
        assertThatThrownBy(() -> client.messages()
                        .create(ask("Hi").model("unknown-model").build()))
                .isInstanceOf(BadRequestException.class);
        try (StreamResponse<RawMessageStreamEvent> events =
                client.messages().createStreaming(ask("Please break").build())) {
            assertThatThrownBy(() -> events.stream().forEach(event -> {})).isInstanceOf(AnthropicException.class);
        }
    }

    @Test
    void saysWhenAnAnswerIsCutOff() {
        assertThat(client.messages().create(ask("cut").build()).stopReason()).contains(StopReason.MAX_TOKENS);
    }

    @Test
    void servesTheNamesOfClaude() {
        Message message = client.messages()
                .create(ask("I am Ada").model("claude-sonnet-4-5").build());
        assertThat(text(message)).isEqualTo("Hello, Ada!");
    }
}
