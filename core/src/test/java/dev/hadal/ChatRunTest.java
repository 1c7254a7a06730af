package dev.hadal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.Conversation;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.chat.Usage;
import dev.hadal.kernel.KernelChoice;
import dev.hadal.sample.SamplingParams;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Answers of the embedded model. Its prompts are read eight tokens at a time, so that they take several steps. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChatRunTest {
    private static final String SENTENCE = "The capital of France is Paris.";
    private static final String END = "<｜end▁of▁sentence｜>";
    private static final Conversation FRANCE = Conversation.ask("What is the capital of France?");
    private static final Conversation STORY = Conversation.ask("Tell me a story about a fox.");
    private static final ChatOptions THINKING = ChatOptions.defaults();
    private static final ChatOptions CHAT = THINKING.withMode(ThinkingMode.CHAT);

    private final DeepSeek nano = DeepSeek.open(
            NanoFiles.DIRECTORY,
            OpenOptions.defaults().withKernels(KernelChoice.SCALAR).withBatchRows(8));

    @AfterAll
    void close() {
        nano.close();
    }

    private List<ChatEvent> events(Conversation conversation, ChatOptions options) {
        List<ChatEvent> events = new ArrayList<>();
        nano.chat().start(conversation, options).forEach(events::add);
        return events;
    }

    private static String content(List<ChatEvent> events) {
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(event instanceof ChatEvent.Content content ? content.text() : ""));
        return text.toString();
    }

    private static String reasoning(List<ChatEvent> events) {
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(event instanceof ChatEvent.Reasoning more ? more.text() : ""));
        return text.toString();
    }

    private static ChatEvent.End end(FinishReason reason, int prompt, int completion, int thought) {
        return new ChatEvent.End(reason, new Usage(prompt, completion, thought, 0), null);
    }

    @Test
    void endsWithTheReasonAndAnUsageThatLeavesOutTheLastToken() {
        List<ChatEvent> events = events(FRANCE, THINKING);
        assertThat(reasoning(events)).isEqualTo(SENTENCE);
        assertThat(content(events)).isEqualTo(SENTENCE);
        // encoding.md 14: seven tokens each, and the one between them, which is no reasoning.
        assertThat(events).last().isEqualTo(end(FinishReason.STOP, 11, 15, 7));
        assertThat(events.stream().filter(ChatEvent.End.class::isInstance)).hasSize(1);
    }

    @Test
    void doesNotReasonInChatMode() {
        List<ChatEvent> events = events(FRANCE, CHAT);
        assertThat(reasoning(events)).isEmpty();
        assertThat(content(events)).isEqualTo(SENTENCE);
        assertThat(events).last().isEqualTo(end(FinishReason.STOP, 11, 7, 0));
    }

    @Test
    void stopsAtTheTokenLimit() {
        List<ChatEvent> events = events(FRANCE, THINKING.withMaxTokens(3));
        assertThat(reasoning(events)).isEqualTo("The capital of");
        assertThat(events).last().isEqualTo(end(FinishReason.LENGTH, 11, 3, 3));
    }

    @Test
    void neverShowsAStopTextThatIsSpreadOverTokens() {
        List<ChatEvent> events = events(FRANCE, CHAT.withStop(List.of("Rome", "of Fr")));
        assertThat(content(events)).isEqualTo("The capital ");
        assertThat(events).last().isEqualTo(new ChatEvent.End(FinishReason.STOP, new Usage(11, 4, 0, 0), "of Fr"));
    }

    @Test
    void showsWhatOnlyBeganLikeAStopText() {
        List<ChatEvent> events = events(FRANCE, CHAT.withStop(List.of("of France was", "Paris.!")));
        assertThat(content(events)).isEqualTo(SENTENCE);
        assertThat(events).last().isEqualTo(end(FinishReason.STOP, 11, 7, 0));
    }

    @Test
    void looksForStopTextsInTheContentOnly() {
        List<ChatEvent> events = events(FRANCE, THINKING.withStop(List.of(" capital of")));
        assertThat(reasoning(events)).isEqualTo(SENTENCE);
        assertThat(content(events)).isEqualTo("The");
    }

    @Test
    void canBeCancelledByAnotherThread() {
        ChatRun run = nano.chat().start(STORY, THINKING);
        Iterator<ChatEvent> events = run.iterator();
        ChatEvent first = events.next();
        CompletableFuture.runAsync(run::cancel).join();
        List<ChatEvent> rest = new ArrayList<>();
        events.forEachRemaining(rest::add);
        int prompt = nano.chat().prompt(STORY, THINKING).length;
        assertThat(first).isInstanceOf(ChatEvent.Reasoning.class);
        assertThat(rest).containsExactly(end(FinishReason.CANCELLED, prompt, 1, 1));
    }

    @Test
    void computesNothingWhenCancelledBeforeTheStart() {
        try (ChatRun run = nano.chat().start(STORY, THINKING)) {
            run.cancel();
            int prompt = nano.chat().prompt(STORY, THINKING).length;
            assertThat(run).containsExactly(end(FinishReason.CANCELLED, prompt, 0, 0));
        }
    }

    @Test
    void canBeReadOnlyOnce() {
        ChatRun run = nano.chat().start(FRANCE, CHAT.withMaxTokens(1));
        Iterator<ChatEvent> events = run.iterator();
        events.forEachRemaining(event -> {});
        assertThat(events.hasNext()).isFalse();
        assertThatThrownBy(events::next)
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("the answer is over");
        for (Iterable<?> again : List.of(run, run.raw())) {
            assertThatThrownBy(again::iterator)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("an answer can be read only once");
        }
    }

    @Test
    void rawTextIsWhatWasSampledToTheLastToken() {
        ChatRun run = nano.chat().start(FRANCE, THINKING);
        assertThat(String.join("", run.raw())).isEqualTo(SENTENCE + "</think>" + SENTENCE + END);
        assertThat(run.usage()).isEqualTo(new Usage(11, 15, 7, 0));
        assertThat(String.join(
                        "", nano.chat().start(FRANCE, CHAT.withMaxTokens(2)).raw()))
                .isEqualTo("The capital");
    }

    @Test
    void answersThatTakeTurnsAreThoseGivenAlone() {
        List<ChatEvent> france = events(FRANCE, THINKING);
        List<ChatEvent> story = events(STORY, CHAT.withMaxTokens(12));
        Iterator<ChatEvent> first = nano.chat().start(FRANCE, THINKING).iterator();
        Iterator<ChatEvent> second =
                nano.chat().start(STORY, CHAT.withMaxTokens(12)).iterator();
        List<ChatEvent> firstEvents = new ArrayList<>();
        List<ChatEvent> secondEvents = new ArrayList<>();
        while (first.hasNext() || second.hasNext()) {
            if (first.hasNext()) {
                firstEvents.add(first.next());
            }
            if (second.hasNext()) {
                secondEvents.add(second.next());
            }
        }
        assertThat(firstEvents).isEqualTo(france);
        assertThat(secondEvents).isEqualTo(story);
    }

    @Test
    void aSeedGivesTheSameAnswerWhateverElseRuns() {
        ChatOptions seven = CHAT.withMaxTokens(12).withSampling(new SamplingParams(2f, 1f, 0, 0f, 7));
        ChatOptions eight = seven.withSampling(new SamplingParams(2f, 1f, 0, 0f, 8));
        List<ChatEvent> alone = events(STORY, seven);
        List<List<ChatEvent>> together = Stream.of(seven, eight, seven)
                .map(options -> CompletableFuture.supplyAsync(() -> events(STORY, options)))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
        assertThat(together.get(0)).isEqualTo(alone);
        assertThat(together.get(2)).isEqualTo(alone);
        assertThat(content(together.get(1))).isNotEqualTo(content(alone));
    }
}
