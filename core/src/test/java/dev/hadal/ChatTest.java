package dev.hadal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.chat.AnswerCollector;
import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.Conversation;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.Message;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.chat.TokenLogProb;
import dev.hadal.kernel.KernelChoice;
import dev.hadal.sample.SamplingParams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Many conversations with one model. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class ChatTest {
    private static final OpenOptions PLAIN = OpenOptions.defaults().withKernels(KernelChoice.SCALAR);
    private static final List<String> QUESTIONS = List.of(
            "What is the capital of France?",
            "Tell me a story about a fox.",
            "What is the opposite of hot?",
            "Reverse this list: lemon, castle, tiger");
    private static final ChatOptions THINKING = ChatOptions.defaults().withMaxTokens(24);
    private static final ChatOptions CHAT = THINKING.withMode(ThinkingMode.CHAT);

    private final DeepSeek nano = DeepSeek.open(NanoFiles.DIRECTORY, PLAIN);

    @AfterAll
    void close() {
        nano.close();
    }

    private static List<ChatEvent> read(ChatRun run) {
        List<ChatEvent> events = new ArrayList<>();
        run.forEach(events::add);
        return events;
    }

    private static Message.Assistant message(List<ChatEvent> events) {
        AnswerCollector collector = new AnswerCollector();
        events.forEach(collector::accept);
        return collector.message();
    }

    private static CallContext own(String name) {
        return CallContext.local().withTenant(name, name);
    }

    private static ChatOptions hot(int seed) {
        return (seed % 2 == 0 ? THINKING : CHAT)
                .withSampling(new SamplingParams(1.5f, 0.95f, 0, 0f, seed))
                .withTopLogProbs(seed % 3);
    }

    private ChatCall call(int number, String namespace) {
        Conversation conversation = Conversation.ask(QUESTIONS.get(number % QUESTIONS.size()));
        return new ChatCall(conversation, hot(number), own(namespace));
    }

    @Test
    void dozensTogetherGiveTheEventsThatEachGivesAlone() {
        List<List<ChatEvent>> alone = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            alone.add(read(nano.chat().start(call(i, "alone" + i)).getFirst()));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<List<ChatEvent>>> together = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                ChatRun run = nano.chat().start(call(i, "together" + i)).getFirst();
                together.add(CompletableFuture.supplyAsync(() -> read(run), threads));
            }
            for (int i = 0; i < 24; i++) {
                assertThat(together.get(i).join()).as("answer %d", i).isEqualTo(alone.get(i));
            }
        }
    }

    @Test
    void choicesAreTheAnswersThatTheyAreAlone() {
        ChatCall three = new ChatCall(Conversation.ask(QUESTIONS.get(1)), hot(4).withChoices(3), own("choices"));
        List<List<ChatEvent>> first =
                nano.chat().start(three).stream().map(ChatTest::read).toList();
        List<List<ChatEvent>> again =
                nano.chat().start(three).reversed().stream().map(ChatTest::read).toList();
        assertThat(first).hasSize(3);
        assertThat(first.stream().map(ChatTest::message).distinct()).hasSize(3);
        assertThat(again.reversed().stream().map(ChatTest::message))
                .containsExactlyElementsOf(first.stream().map(ChatTest::message).toList());
        List<ChatEvent> single = read(nano.chat()
                .start(new ChatCall(three.conversation(), hot(4), own("single")))
                .getFirst());
        assertThat(message(single)).isEqualTo(message(first.getFirst()));
    }

    @Test
    void logProbabilitiesCoverTheTextTokenByToken() {
        ChatRun run = nano.chat().start(Conversation.ask(QUESTIONS.get(0)), THINKING.withTopLogProbs(2));
        List<ChatEvent> events = read(run);
        StringBuilder reasoning = new StringBuilder();
        StringBuilder content = new StringBuilder();
        for (ChatEvent event : events) {
            if (event instanceof ChatEvent.LogProbs scores) {
                for (TokenLogProb token : scores.tokens()) {
                    (scores.reasoning() ? reasoning : content)
                            .append(token.chosen().text());
                    assertThat(token.top()).hasSizeLessThanOrEqualTo(2);
                    assertThat(token.top().getFirst().logProb())
                            .isGreaterThanOrEqualTo(token.chosen().logProb());
                }
            }
        }
        assertThat(reasoning.toString()).isEqualTo(message(events).reasoning());
        assertThat(content.toString()).isEqualTo(message(events).content());
    }

    @Test
    void aThinkingBudgetClosesTheReasoning() {
        List<ChatEvent> events =
                read(nano.chat().start(Conversation.ask(QUESTIONS.get(0)), THINKING.withThinkingBudget(3)));
        ChatEvent.End end = (ChatEvent.End) events.getLast();
        assertThat(end.usage().reasoningTokens()).isEqualTo(3);
        assertThat(message(events).reasoning()).isEqualTo("The capital of");
        assertThat(message(events).content()).isNotEmpty();
    }

    @Test
    void aMinimumKeepsTheModelFromEnding() {
        List<ChatEvent> longer = read(nano.chat().start(Conversation.ask(QUESTIONS.get(0)), CHAT.withMinTokens(10)));
        assertThat(((ChatEvent.End) longer.getLast()).usage().completionTokens())
                .isGreaterThanOrEqualTo(10);
    }

    @Test
    void aConversationGoesOnFromTheIdsThatWereSampled() {
        boolean differed = false;
        for (int seed = 1; seed <= 9; seed += 2) {
            ChatOptions options = CHAT.withMaxTokens(12).withSampling(new SamplingParams(2f, 1f, 0, 0f, seed));
            Conversation asked = Conversation.ask(QUESTIONS.get(1));
            ChatRun run = nano.chat()
                    .start(new ChatCall(asked, options, own("replay")))
                    .getFirst();
            Conversation next = asked.plus(message(read(run))).plus(Message.user("And then?"));
            int[] known = joined(run.promptIds(), run.sampledIds());
            int[] replayed = nano.chat()
                    .start(new ChatCall(next, options, own("replay")))
                    .getFirst()
                    .promptIds();
            assertThat(replayed).startsWith(known);
            int[] retokenized = nano.chat().prompt(next, options);
            differed |= !Arrays.equals(retokenized, replayed);
            assertThat(nano.tokenizer().decode(replayed))
                    .isEqualTo(nano.tokenizer().decode(retokenized));
            assertThat(nano.chat()
                            .start(new ChatCall(next, options, own("other")))
                            .getFirst()
                            .promptIds())
                    .isEqualTo(retokenized);
        }
        assertThat(differed)
                .as("some answer was sampled in other tokens than the tokenizer's")
                .isTrue();
    }

    private static int[] joined(int[] first, int[] second) {
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Test
    void completesTextAndFillsHoles() {
        for (String suffix : new String[] {null, " is Paris."}) {
            CompletionCall call = new CompletionCall("The capital of", suffix, CHAT.withMaxTokens(4), own("text"));
            ChatRun run = nano.chat().complete(call).getFirst();
            List<ChatEvent> events = read(run);
            assertThat(events.subList(0, events.size() - 1)).allMatch(ChatEvent.Content.class::isInstance);
            assertThat(events.getLast()).isInstanceOf(ChatEvent.End.class);
            assertThat(nano.tokenizer().decode(run.promptIds()))
                    .isEqualTo(
                            suffix == null
                                    ? "<｜begin▁of▁sentence｜>The capital of"
                                    : "<｜begin▁of▁sentence｜><｜fim▁begin｜>The capital of<｜fim▁hole｜> is Paris.<｜fim▁end｜>");
        }
    }

    @Test
    void aReaderThatWaitsIsFreedByACancellation() {
        ChatRun run = nano.chat()
                .start(
                        Conversation.ask(QUESTIONS.get(1)),
                        CHAT.withMaxTokens(30_000).withMinTokens(30_000));
        Iterator<ChatEvent> events = run.iterator();
        events.next();
        CompletableFuture<Void> later = CompletableFuture.runAsync(
                run::cancel, CompletableFuture.delayedExecutor(30, java.util.concurrent.TimeUnit.MILLISECONDS));
        List<ChatEvent> rest = new ArrayList<>();
        events.forEachRemaining(rest::add);
        later.join();
        assertThat(((ChatEvent.End) rest.getLast()).reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(run.timings().total()).isPositive();
        assertThat(run.timings().tokens()).isPositive();
    }

    @Test
    void aReaderThatIsInterruptedHasCancelled() {
        ChatRun run = nano.chat().start(Conversation.ask(QUESTIONS.get(1)), CHAT);
        Thread.currentThread().interrupt();
        List<ChatEvent> events = read(run);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(((ChatEvent.End) events.getLast()).reason()).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void aTimeLimitEndsTheAnswer() {
        ChatCall call = new ChatCall(
                Conversation.ask(QUESTIONS.get(1)),
                CHAT.withMaxTokens(30_000).withMinTokens(30_000),
                own("late").withTimeLimit(Duration.ofMillis(150)));
        List<ChatEvent> events = read(nano.chat().start(call).getFirst());
        assertThat(((ChatEvent.End) events.getLast()).reason()).isEqualTo(FinishReason.DEADLINE);
    }

    @Test
    void aModelThatIsClosedFailsItsAnswersAndTakesNoMore() {
        DeepSeek other = DeepSeek.open(NanoFiles.DIRECTORY, PLAIN);
        Chat chat = other.chat();
        ChatRun run = chat.start(
                Conversation.ask(QUESTIONS.get(1)), CHAT.withMaxTokens(30_000).withMinTokens(30_000));
        Iterator<ChatEvent> events = run.iterator();
        events.next();
        other.close();
        assertThatThrownBy(() -> events.forEachRemaining(event -> {}))
                .isInstanceOfSatisfying(
                        GenerationFailedException.class,
                        e -> assertThat(e.kind()).isEqualTo(GenerationFailedException.Kind.CLOSED));
        assertThatThrownBy(() -> chat.start(Conversation.ask("Hi")))
                .isInstanceOfSatisfying(
                        AdmissionRefusedException.class,
                        e -> assertThat(e.reason()).isEqualTo(AdmissionRefusedException.Reason.CLOSING));
        assertThat(chat.status().healthy()).isFalse();
    }

    @Test
    void tellsWhatAnswers() {
        BackendInfo info = nano.chat().info();
        assertThat(info.parameters()).isEqualTo("15M parameters, 6M active");
        assertThat(info.fingerprint()).matches("[0-9a-f]{32}");
        assertThat(info.contextTokens()).isEqualTo(1_048_576);
        assertThat(nano.chat().countTokens(ChatCall.of(Conversation.ask(QUESTIONS.get(0)), CHAT)))
                .isEqualTo(11);
    }
}
