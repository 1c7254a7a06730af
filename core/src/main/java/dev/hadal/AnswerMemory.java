package dev.hadal;

import dev.hadal.chat.AnswerCollector;
import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.ControlTokens;
import dev.hadal.chat.Conversation;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.Message;
import dev.hadal.chat.PromptEncoder;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.tokenizer.Segment;
import dev.hadal.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;

/** What a chat remembers of the answers it gave, so that a conversation goes on from exactly where it was. */
final class AnswerMemory {
    private static final long MAX_PROMPT_BYTES = 16L << 20;
    private static final long MAX_REASONING_BYTES = 32L << 20;

    private final Tokenizer tokenizer;
    private final PromptEncoder encoder;
    private final PromptMemory prompts = new PromptMemory(MAX_PROMPT_BYTES);
    private final ReasoningMemory reasoning = new ReasoningMemory(MAX_REASONING_BYTES);
    private final int endOfSentence;

    AnswerMemory(Tokenizer tokenizer, PromptEncoder encoder) {
        this.tokenizer = tokenizer;
        this.encoder = encoder;
        this.endOfSentence = AnswerReader.control(tokenizer, ControlTokens.END_OF_SENTENCE);
    }

    /** The ids of a prompt, with those of earlier answers as they were sampled. */
    int[] encode(String namespace, List<Segment> prompt) {
        return prompts.encode(namespace, prompt, tokenizer);
    }

    /** The conversation with the reasoning that clients have dropped. */
    Conversation restoreReasoning(String namespace, Conversation conversation) {
        return reasoning.restore(namespace, conversation);
    }

    /** Gathers one answer. */
    Entry entry(String namespace, ThinkingMode mode) {
        return new Entry(namespace, mode);
    }

    /** An answer that is being given. */
    final class Entry {
        private final String namespace;
        private final ThinkingMode mode;
        private final AnswerCollector collector = new AnswerCollector();

        private Entry(String namespace, ThinkingMode mode) {
            this.namespace = namespace;
            this.mode = mode;
        }

        /** Takes the next event. */
        void accept(ChatEvent event) {
            collector.accept(event);
        }

        /** The answer is over; it is remembered if a conversation can contain it as it was sampled. */
        void finish(ChatEvent.End end, int[] sampled) {
            Message.Assistant message = collector.message();
            List<Segment> answer = encoder.answer(message, mode);
            boolean byItself = end.stopText() == null
                    && (end.reason() == FinishReason.STOP || end.reason() == FinishReason.TOOL_CALLS);
            if (byItself || isText(sampled, answer)) {
                prompts.remember(namespace, mode == ThinkingMode.THINKING, answer, ended(sampled));
            }
            if (!message.reasoning().isEmpty()) {
                reasoning.remember(namespace, message);
            }
        }

        /** Whether the ids are the text that a prompt shows, without its end. */
        private boolean isText(int[] sampled, List<Segment> answer) {
            StringBuilder text = new StringBuilder();
            answer.subList(0, answer.size() - 1).forEach(segment -> text.append(segment.text()));
            return text.toString().equals(tokenizer.decode(sampled));
        }

        private int[] ended(int[] sampled) {
            int last = sampled.length - 1;
            if (last >= 0 && sampled[last] == endOfSentence) {
                return sampled;
            }
            int[] ended = Arrays.copyOf(sampled, sampled.length + 1);
            ended[sampled.length] = endOfSentence;
            return ended;
        }
    }
}
