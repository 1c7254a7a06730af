package dev.hadal.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.OpenAIException;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.models.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The official Java client of OpenAI, which calls fields that OpenAI does not have deprecated. */
@SuppressWarnings("deprecation")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class OpenAiJavaTest {
    private ScriptedServer server;
    private OpenAIClient client;

    @BeforeAll
    void start() {
        server = ScriptedServer.start("clients.yaml");
        client = OpenAIOkHttpClient.builder()
                .baseUrl(server.address())
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

    private static ChatCompletionCreateParams.Builder ask(String question) {
        return ChatCompletionCreateParams.builder().model("deepseek-v4-flash").addUserMessage(question);
    }

    private static FunctionDefinition weather() {
        return FunctionDefinition.builder()
                .name("get_weather")
                .description("The weather in a city.")
                .parameters(FunctionParameters.builder()
                        .putAdditionalProperty("type", JsonValue.from("object"))
                        .putAdditionalProperty("properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                        .build())
                .build();
    }

    private static String reasoning(Map<String, JsonValue> properties) {
        JsonValue value = properties.get("reasoning_content");
        String text = value == null ? null : value.convert(String.class);
        return text == null ? "" : text;
    }

    @Test
    void chats() {
        ChatCompletion completion =
                client.chat().completions().create(ask("I am Ada").build());
        ChatCompletionMessage message = completion.choices().getFirst().message();
        assertThat(message.content()).contains("Hello, Ada!");
        assertThat(reasoning(message._additionalProperties())).isEqualTo("Somebody is called Ada.");
        assertThat(completion.choices().getFirst().finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        assertThat(completion.usage().orElseThrow().completionTokens()).isPositive();
        assertThat(completion.model()).isEqualTo("deepseek-v4-flash");
    }

    @Test
    void streams() {
        StringBuilder content = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        List<Long> usages = new ArrayList<>();
        try (StreamResponse<ChatCompletionChunk> chunks = client.chat()
                .completions()
                .createStreaming(ask("I am Ada")
                        .streamOptions(ChatCompletionStreamOptions.builder()
                                .includeUsage(true)
                                .build())
                        .build())) {
            chunks.stream().forEach(chunk -> {
                chunk.choices().forEach(choice -> {
                    choice.delta().content().ifPresent(content::append);
                    reasoning.append(reasoning(choice.delta()._additionalProperties()));
                });
                chunk.usage().ifPresent(usage -> usages.add(usage.completionTokens()));
            });
        }
        assertThat(content.toString()).isEqualTo("Hello, Ada!");
        assertThat(reasoning.toString()).isEqualTo("Somebody is called Ada.");
        assertThat(usages).hasSize(1);
    }

    @Test
    void callsToolsOverSeveralTurns() {
        ChatCompletionCreateParams.Builder conversation =
                ask("What is the weather in Paris?").addFunctionTool(weather());
        for (int turn = 0; turn < 3; turn++) {
            ChatCompletionMessage calling = client.chat()
                    .completions()
                    .create(conversation.build())
                    .choices()
                    .getFirst()
                    .message();
            ChatCompletionMessageFunctionToolCall call =
                    calling.toolCalls().orElseThrow().getFirst().asFunction();
            assertThat(call.function().name()).isEqualTo("get_weather");
            assertThat(call.function().arguments()).isEqualTo("{\"city\": \"Paris\", \"days\": 2}");
            conversation
                    .addMessage(calling)
                    .addMessage(ChatCompletionToolMessageParam.builder()
                            .toolCallId(call.id())
                            .content((17 + turn) + " degrees")
                            .build());
            ChatCompletionMessage answer = client.chat()
                    .completions()
                    .create(conversation.build())
                    .choices()
                    .getFirst()
                    .message();
            assertThat(answer.content()).contains("It is " + (17 + turn) + " degrees.");
            conversation.addMessage(answer).addUserMessage("And the weather tomorrow?");
        }
    }

    @Test
    void saysWhenAnAnswerIsCutOff() {
        ChatCompletion completion =
                client.chat().completions().create(ask("cut").build());
        assertThat(completion.choices().getFirst().finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.LENGTH);
    }

    @Test
    void failsAsTheClientExpects() {
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(ask("Hi").model("gpt-unknown").build()))
                .isInstanceOf(BadRequestException.class);
        assertThatThrownBy(() ->
                        client.chat().completions().create(ask("Please break").build()))
                .isInstanceOf(InternalServerException.class);
        try (StreamResponse<ChatCompletionChunk> chunks =
                client.chat().completions().createStreaming(ask("Please break").build())) {
            assertThatThrownBy(() -> chunks.stream().forEach(chunk -> {})).isInstanceOf(OpenAIException.class);
        }
    }

    @Test
    void waitsForAnAnswerThatStartsLate() {
        ChatCompletion completion =
                client.chat().completions().create(ask("slowly, please").build());
        assertThat(completion.choices().getFirst().message().content())
                .contains("one two three four five six seven eight");
    }

    @Test
    void listsTheModels() {
        assertThat(client.models().list().data().stream().map(Model::id))
                .contains("deepseek-v4-flash", "deepseek-v4-pro");
    }
}
