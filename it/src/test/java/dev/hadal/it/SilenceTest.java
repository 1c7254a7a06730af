package dev.hadal.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Row D17 with the clients of the vendors, retries off: each waits for an answer that begins after a long silence, in which
 * the server sends nothing but signs of life, and gets it, or the error that comes instead. Three seconds in every build; in
 * full with {@code -Dhadal.silence=600}. A client whose own deadline is not later than the answer may end by that, and only
 * by that.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class SilenceTest {
    private static final Duration SILENCE = Duration.ofSeconds(Long.getLong("hadal.silence", 3));
    /** What all these clients wait for if nothing else is asked for. */
    private static final Duration DEADLINE = Duration.ofMinutes(10);

    private static final Duration LONGER = SILENCE.plusMinutes(5);
    private static final String MODEL = "deepseek-v4-flash";
    private static final String ASK = "Say it when it is time.";
    private static final String FAIL = "Fail when it is time.";
    private static final String ANSWER = "It is time.";
    private static final String FAILURE = "The answer could not be continued";

    private ScriptedServer server;

    /**
     * How a client fared.
     *
     * @param form whole, streamed, or failing for a stream that is to end with an error
     * @param deadline whose: its own, or longer
     * @param seconds until it was over
     * @param result the text, or the error
     */
    private record Fared(String client, String form, String deadline, double seconds, String result) {
        boolean well() {
            boolean late = deadline.equals("its own") && SILENCE.plusSeconds(1).compareTo(DEADLINE) > 0;
            if (late && seconds >= DEADLINE.toSeconds() - 1) {
                return true;
            }
            boolean waited = seconds >= SILENCE.toSeconds();
            return waited && (form.equals("failing") ? result.contains(FAILURE) : result.equals(ANSWER));
        }
    }

    /** Something that waits, and what it heard at last. */
    @FunctionalInterface
    private interface Asking {
        String answer() throws Exception;
    }

    @BeforeAll
    void start() throws IOException {
        Path script = Files.createTempDirectory("hadal-it").resolve("silence.yaml");
        Files.writeString(script, """
                first_delay: %ds
                rules:
                  - {when: {contains: "Fail"}, text: "%s", fault: {kind: exception, after: 0}}
                  - {text: "%s"}
                """.formatted(SILENCE.toSeconds(), ANSWER, ANSWER));
        server = ScriptedServer.start(script);
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static Fared timed(String client, String form, String deadline, Asking asking) {
        long began = System.nanoTime();
        String result;
        try {
            result = asking.answer();
        } catch (Exception e) {
            result = e + (e.getCause() == null ? "" : ", because of " + e.getCause());
        }
        return new Fared(client, form, deadline, (System.nanoTime() - began) / 1e9, result);
    }

    private static void assertWell(List<Fared> all) {
        for (Fared one : all) {
            System.out.printf(
                    "silence of %d s: %s, %s, deadline %s: %.1f s, %s%n",
                    SILENCE.toSeconds(), one.client(), one.form(), one.deadline(), one.seconds(), one.result());
        }
        assertThat(all).allMatch(Fared::well);
    }

    private static String chat(OpenAIClient client, String text) {
        StringBuilder answer = new StringBuilder();
        try (com.openai.core.http.StreamResponse<ChatCompletionChunk> chunks =
                client.chat().completions().createStreaming(chat(text))) {
            chunks.stream()
                    .flatMap(chunk -> chunk.choices().stream())
                    .forEach(choice -> choice.delta().content().ifPresent(answer::append));
        }
        return answer.toString();
    }

    private static ChatCompletionCreateParams chat(String text) {
        return ChatCompletionCreateParams.builder()
                .model(MODEL)
                .addUserMessage(text)
                .build();
    }

    private static String respond(OpenAIClient client) {
        StringBuilder answer = new StringBuilder();
        try (com.openai.core.http.StreamResponse<ResponseStreamEvent> events = client.responses()
                .createStreaming(
                        ResponseCreateParams.builder().model(MODEL).input(ASK).build())) {
            events.stream().forEach(event -> event.outputTextDelta().ifPresent(delta -> answer.append(delta.delta())));
        }
        return answer.toString();
    }

    private static String messages(AnthropicClient client, String text) {
        StringBuilder answer = new StringBuilder();
        try (StreamResponse<RawMessageStreamEvent> events = client.messages().createStreaming(message(text))) {
            events.stream()
                    .flatMap(event -> event.contentBlockDelta().stream())
                    .flatMap(event -> event.delta().text().stream())
                    .forEach(delta -> answer.append(delta.text()));
        }
        return answer.toString();
    }

    private static MessageCreateParams message(String text) {
        return MessageCreateParams.builder()
                .model(MODEL)
                .maxTokens(1000)
                .addUserMessage(text)
                .build();
    }

    private static String text(Message message) {
        return message.content().stream()
                .flatMap(block -> block.text().stream())
                .map(block -> block.text())
                .collect(Collectors.joining());
    }

    private OpenAIClient openAi(boolean longer) {
        OpenAIOkHttpClient.Builder builder = OpenAIOkHttpClient.builder()
                .baseUrl(server.address() + "/v1")
                .apiKey("none")
                .maxRetries(0);
        return (longer ? builder.timeout(LONGER) : builder).build();
    }

    private AnthropicClient anthropic(boolean longer) {
        AnthropicOkHttpClient.Builder builder = AnthropicOkHttpClient.builder()
                .baseUrl(server.address() + "/anthropic")
                .apiKey("none")
                .maxRetries(0);
        return (longer ? builder.timeout(LONGER) : builder).build();
    }

    @Test
    void keepsTheClientsForJava() throws Exception {
        List<Future<Fared>> waiting = new ArrayList<>();
        List<AutoCloseable> clients = new ArrayList<>();
        List<Fared> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (boolean longer : new boolean[] {false, true}) {
                String deadline = longer ? "longer" : "its own";
                OpenAIClient openAi = openAi(longer);
                AnthropicClient anthropic = anthropic(longer);
                clients.addAll(List.of(openAi::close, anthropic::close));
                String chat = "openai-java, Chat Completions";
                String messages = "anthropic-java, Messages";
                waiting.add(threads.submit(() -> timed(
                        chat,
                        "whole",
                        deadline,
                        () -> openAi.chat()
                                .completions()
                                .create(chat(ASK))
                                .choices()
                                .getFirst()
                                .message()
                                .content()
                                .orElse(""))));
                waiting.add(threads.submit(() -> timed(chat, "streamed", deadline, () -> chat(openAi, ASK))));
                waiting.add(threads.submit(() -> timed(chat, "failing", deadline, () -> chat(openAi, FAIL))));
                waiting.add(threads.submit(
                        () -> timed("openai-java, Responses", "streamed", deadline, () -> respond(openAi))));
                waiting.add(threads.submit(() -> timed(
                        messages,
                        "whole",
                        deadline,
                        () -> text(anthropic.messages().create(message(ASK))))));
                waiting.add(
                        threads.submit(() -> timed(messages, "streamed", deadline, () -> messages(anthropic, ASK))));
                waiting.add(
                        threads.submit(() -> timed(messages, "failing", deadline, () -> messages(anthropic, FAIL))));
            }
            for (Future<Fared> one : waiting) {
                all.add(one.get());
            }
        }
        for (AutoCloseable client : clients) {
            client.close();
        }
        assertWell(all);
    }

    @Test
    void keepsTheClientsForNode() throws Exception {
        String missing = NodePackages.install();
        assumeTrue(missing.isEmpty(), missing);
        NodePackages.Outcome outcome = NodePackages.run(
                LONGER.plusMinutes(1), "silence.mjs", server.address(), String.valueOf(LONGER.toMillis()));
        assertThat(outcome.success()).as(outcome.output()).isTrue();
        List<Fared> all = outcome.output()
                .lines()
                .map(line -> line.split("\t", -1))
                .map(columns ->
                        new Fared(columns[0], columns[1], columns[2], Double.parseDouble(columns[3]), columns[4]))
                .toList();
        assertThat(all).hasSize(16);
        assertWell(all);
    }
}
