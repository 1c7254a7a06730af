package dev.hadal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.AdmissionRefusedException.Reason;
import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.Conversation;
import dev.hadal.chat.ConversationException;
import dev.hadal.chat.EffortRules;
import dev.hadal.chat.EncodingOptions;
import dev.hadal.chat.Message;
import dev.hadal.chat.PromptEncoder;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.chat.V4PromptEncoder;
import dev.hadal.engine.EngineOptions;
import dev.hadal.kernel.KernelChoice;
import dev.hadal.model.Batch;
import dev.hadal.model.LanguageModel;
import dev.hadal.model.Logits;
import dev.hadal.model.ModelLimits;
import dev.hadal.model.SequenceState;
import dev.hadal.model.StateMemory;
import dev.hadal.sample.SamplingParams;
import dev.hadal.tokenizer.Segment;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What a full queue refuses, and that no prompt is made for it. One answer is written, one waits, no more may. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class ChatAdmissionTest {
    private static final Conversation QUESTION = Conversation.ask("Tell me a story about a fox.");
    private static final ChatOptions LONG = ChatOptions.defaults()
            .withMode(ThinkingMode.CHAT)
            .withMaxTokens(30_000)
            .withMinTokens(30_000);

    private final DeepSeek nano = DeepSeek.open(
            NanoFiles.DIRECTORY,
            OpenOptions.defaults()
                    .withKernels(KernelChoice.SCALAR)
                    .withEngine(EngineOptions.defaults()
                            .withRunningSequences(1)
                            .withQueue(new EngineOptions.QueueLimits(
                                    1, 1 << 20, 1 << 20, Duration.ofHours(10), EngineOptions.QueueLimits.UNSHARED))));
    private final CountedEncoder encoder = new CountedEncoder();
    private final Chat chat = new Chat(
            new Shape(),
            nano.engine(),
            nano.tokenizer(),
            new ChatProfile("nano", "small", encoder, EffortRules.GA, SamplingParams.greedy(), Map.of()),
            false);

    @BeforeAll
    void fillTheQueue() {
        Iterator<ChatEvent> running = chat.start(QUESTION, LONG).iterator();
        for (int i = 0; i < 3; i++) {
            running.next();
        }
        chat.start(QUESTION, LONG);
        assertThat(chat.status().waiting()).isEqualTo(1);
        assertThat(encoder.made.get()).isEqualTo(2);
    }

    @AfterAll
    void close() {
        chat.close();
        nano.close();
    }

    private void assertRefused(ThrowingCallable asking) {
        long refused = nano.engine().counters().refused();
        assertThatThrownBy(asking)
                .isInstanceOfSatisfying(AdmissionRefusedException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.QUEUE_FULL);
                    assertThat(e.retryAfter()).isPositive();
                })
                .hasMessage("1 requests are waiting, no more may");
        assertThat(nano.engine().counters().refused())
                .as("refusals that are counted")
                .isEqualTo(refused + 1);
        assertThat(encoder.made.get()).as("prompts").isEqualTo(2);
    }

    @Test
    void aConversation() {
        assertRefused(() -> chat.start(QUESTION, LONG));
    }

    @Test
    void aConversationThatDoesNotFitTheContext() {
        assertRefused(() -> chat.start(Conversation.ask("fox ".repeat(Shape.CONTEXT)), LONG));
    }

    @Test
    void aTextThatIsToBeContinued() {
        assertRefused(() -> chat.complete(new CompletionCall("The", null, LONG, CallContext.local())));
    }

    @Test
    void aTextWithAHole() {
        assertRefused(() -> chat.complete(new CompletionCall("The", "fox", LONG, CallContext.local())));
    }

    @Test
    void aCallThatOnlyAsks() {
        assertRefused(() -> chat.requireRoom(ChatCall.of(QUESTION, LONG)));
    }

    @Test
    void butToldIsFirstThatAConversationCannotBeAnswered() {
        for (Message wrong :
                List.of(new Message.Assistant("", "Yes.", List.of()), new Message.Developer("", List.of(), ""))) {
            long refused = nano.engine().counters().refused();
            Conversation conversation = Conversation.of(wrong);
            assertThatThrownBy(() -> chat.start(conversation, LONG)).isInstanceOf(ConversationException.class);
            assertThat(nano.engine().counters().refused()).isEqualTo(refused);
        }
    }

    /** Counts the prompts that it makes. */
    private static final class CountedEncoder implements PromptEncoder {
        private final PromptEncoder encoder = new V4PromptEncoder();
        private final AtomicInteger made = new AtomicInteger();

        @Override
        public void requireExpressible(Conversation conversation) {
            encoder.requireExpressible(conversation);
        }

        @Override
        public List<Segment> encode(Conversation conversation, EncodingOptions options) {
            made.incrementAndGet();
            return encoder.encode(conversation, options);
        }

        @Override
        public List<Segment> answer(Message.Assistant message, ThinkingMode mode) {
            return encoder.answer(message, mode);
        }

        @Override
        public List<Segment> plain(String text) {
            made.incrementAndGet();
            return encoder.plain(text);
        }

        @Override
        public List<Segment> fillInTheMiddle(String prefix, String suffix) {
            made.incrementAndGet();
            return encoder.fillInTheMiddle(prefix, suffix);
        }
    }

    /** What a conversation asks of the model itself: how much fits. The engine computes with the real one. */
    private static final class Shape implements LanguageModel {
        private static final int CONTEXT = 32_768;

        @Override
        public ModelLimits limits() {
            return new ModelLimits(1 << 10, CONTEXT, 1);
        }

        @Override
        public SequenceState newState() {
            throw new UnsupportedOperationException("a shape");
        }

        @Override
        public void forward(Batch batch, Logits logits) {
            throw new UnsupportedOperationException("a shape");
        }

        @Override
        public StateMemory stateMemory() {
            throw new UnsupportedOperationException("a shape");
        }

        @Override
        public long stateBytes(long tokens) {
            throw new UnsupportedOperationException("a shape");
        }

        @Override
        public String fingerprint() {
            return "shape";
        }

        @Override
        public void close() {}
    }
}
