package dev.hadal.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** LangChain4j's modules for OpenAI and for Anthropic. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class LangChain4jTest {
    private static final String MODEL = "deepseek-v4-flash";

    private ScriptedServer server;

    @BeforeAll
    void start() {
        server = ScriptedServer.start("clients.yaml");
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private ChatModel openAi(String model) {
        return OpenAiChatModel.builder()
                .baseUrl(server.address() + "/v1")
                .apiKey("none")
                .modelName(model)
                .returnThinking(true)
                .sendThinking(true)
                .maxRetries(0)
                .build();
    }

    private ChatModel anthropic(String model) {
        return AnthropicChatModel.builder()
                .baseUrl(server.address() + "/anthropic/v1")
                .apiKey("none")
                .modelName(model)
                .maxTokens(1000)
                .returnThinking(true)
                .sendThinking(true)
                .maxRetries(0)
                .build();
    }

    private List<ChatModel> both() {
        return List.of(openAi(MODEL), anthropic(MODEL));
    }

    private List<StreamingChatModel> bothStreaming() {
        return List.of(
                OpenAiStreamingChatModel.builder()
                        .baseUrl(server.address() + "/v1")
                        .apiKey("none")
                        .modelName(MODEL)
                        .returnThinking(true)
                        .build(),
                AnthropicStreamingChatModel.builder()
                        .baseUrl(server.address() + "/anthropic/v1")
                        .apiKey("none")
                        .modelName(MODEL)
                        .maxTokens(1000)
                        .returnThinking(true)
                        .build());
    }

    private static ToolSpecification weather() {
        return ToolSpecification.builder()
                .name("get_weather")
                .description("The weather in a city.")
                .parameters(JsonObjectSchema.builder().addStringProperty("city").build())
                .build();
    }

    @Test
    void bothChat() {
        for (ChatModel model : both()) {
            ChatResponse response = model.chat(UserMessage.from("I am Ada"));
            assertThat(response.aiMessage().text()).isEqualTo("Hello, Ada!");
            assertThat(response.aiMessage().thinking()).isEqualTo("Somebody is called Ada.");
            assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(response.tokenUsage().outputTokenCount()).isPositive();
        }
    }

    @Test
    void bothStream() {
        for (StreamingChatModel model : bothStreaming()) {
            CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
            StringBuilder pieces = new StringBuilder();
            model.chat("I am Ada", new StreamingChatResponseHandler() {
                @Override
                public void onPartialResponse(String piece) {
                    pieces.append(piece);
                }

                @Override
                public void onCompleteResponse(ChatResponse response) {
                    whole.complete(response);
                }

                @Override
                public void onError(Throwable error) {
                    whole.completeExceptionally(error);
                }
            });
            assertThat(whole.join().aiMessage().text()).isEqualTo("Hello, Ada!");
            assertThat(whole.join().aiMessage().thinking()).isEqualTo("Somebody is called Ada.");
            assertThat(pieces.toString()).isEqualTo("Hello, Ada!");
        }
    }

    @Test
    void bothCallToolsOverSeveralTurns() {
        for (ChatModel model : both()) {
            List<ChatMessage> messages = new ArrayList<>();
            messages.add(UserMessage.from("What is the weather in Paris?"));
            for (int turn = 0; turn < 3; turn++) {
                ChatResponse calling = model.chat(request(messages));
                ToolExecutionRequest call =
                        calling.aiMessage().toolExecutionRequests().getFirst();
                assertThat(call.name()).isEqualTo("get_weather");
                messages.add(calling.aiMessage());
                messages.add(ToolExecutionResultMessage.from(call, (17 + turn) + " degrees"));
                ChatResponse answer = model.chat(request(messages));
                assertThat(answer.aiMessage().text()).isEqualTo("It is " + (17 + turn) + " degrees.");
                messages.add(answer.aiMessage());
                messages.add(UserMessage.from("And the weather tomorrow?"));
            }
        }
    }

    private static ChatRequest request(List<ChatMessage> messages) {
        return ChatRequest.builder()
                .messages(messages)
                .toolSpecifications(weather())
                .build();
    }

    @Test
    void bothFailAsTheClientExpects() {
        for (ChatModel model : List.of(openAi("unknown"), anthropic("unknown"))) {
            assertThatThrownBy(() -> model.chat("Hi")).isInstanceOf(LangChain4jException.class);
        }
        for (ChatModel model : both()) {
            assertThatThrownBy(() -> model.chat("Please break")).isInstanceOf(LangChain4jException.class);
        }
    }

    @Test
    void bothSayWhenAnAnswerIsCutOff() {
        for (ChatModel model : both()) {
            assertThat(model.chat(UserMessage.from("cut")).finishReason()).isEqualTo(FinishReason.LENGTH);
        }
    }
}
