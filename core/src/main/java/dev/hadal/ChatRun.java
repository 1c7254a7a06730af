package dev.hadal;

import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.CompletionParser;
import dev.hadal.chat.Conversation;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.chat.Usage;
import dev.hadal.tokenizer.StreamDecoder;
import dev.hadal.tokenizer.Tokenizer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * One answer on its way. Iterate over its events, once; the last is {@link ChatEvent.End}. The thread that iterates
 * computes; {@link #cancel} may be called from any other.
 */
public final class ChatRun implements Iterable<ChatEvent>, AutoCloseable {
    private static final String END_OF_SENTENCE = "<｜end▁of▁sentence｜>";
    private static final String END_OF_THINKING = "</think>";

    private final Tokenizer tokenizer;
    private final Generation generation;
    private final StreamDecoder decoder;
    private final CompletionParser parser;
    private final StopTexts stop;
    private final int endOfSentence;
    private final int endOfThinking;
    private final Deque<ChatEvent> ready = new ArrayDeque<>();
    private boolean reasoning;
    private int completionTokens;
    private int reasoningTokens;
    private boolean started;
    private boolean ended;
    private volatile boolean cancelled;

    ChatRun(Tokenizer tokenizer, Generation generation, Conversation conversation, ChatOptions options) {
        this.tokenizer = tokenizer;
        this.generation = generation;
        this.decoder = tokenizer.streamDecoder();
        ThinkingMode mode = conversation.completionMode(options.mode());
        this.parser = new CompletionParser(mode, conversation.allTools(), index -> "call_" + index);
        this.stop = new StopTexts(options.stop());
        this.reasoning = mode == ThinkingMode.THINKING;
        this.endOfSentence = control(END_OF_SENTENCE);
        this.endOfThinking = control(END_OF_THINKING);
    }

    private int control(String token) {
        return tokenizer
                .controlId(token)
                .orElseThrow(() -> new IllegalStateException(
                        "the tokenizer has no token " + token + "; it is not that of a DeepSeek-V4"));
    }

    /** What has been used so far. */
    public Usage usage() {
        return new Usage(generation.promptTokens(), completionTokens, reasoningTokens, 0);
    }

    /** Ends the answer at the next token, from any thread. */
    public void cancel() {
        cancelled = true;
    }

    @Override
    public void close() {
        cancel();
    }

    /** The events; only one iterator can be had, of events or of {@link #raw} text. */
    @Override
    public Iterator<ChatEvent> iterator() {
        start();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                while (ready.isEmpty() && !ended) {
                    step();
                }
                return !ready.isEmpty();
            }

            @Override
            public ChatEvent next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("the answer is over");
                }
                return ready.remove();
            }
        };
    }

    /** The text exactly as sampled, control tokens included, instead of events. */
    public Iterable<String> raw() {
        return () -> {
            start();
            return new Iterator<>() {
                private boolean over;

                @Override
                public boolean hasNext() {
                    return !over;
                }

                @Override
                public String next() {
                    if (over) {
                        throw new NoSuchElementException("the answer is over");
                    }
                    int id = sample();
                    over = id < 0 || id == endOfSentence;
                    if (!over) {
                        count(id);
                    }
                    return id < 0 ? decoder.finish() : decoder.accept(id);
                }
            };
        };
    }

    private void start() {
        if (started) {
            throw new IllegalStateException("an answer can be read only once");
        }
        started = true;
    }

    /** The next token; -1 when there is none because of a limit or a cancellation. */
    private int sample() {
        boolean more = true;
        while (more && !cancelled) {
            more = generation.prefill();
        }
        return cancelled || generation.exhausted() ? -1 : generation.next();
    }

    private void step() {
        int id = sample();
        if (id < 0) {
            end(cancelled ? FinishReason.CANCELLED : FinishReason.LENGTH);
        } else if (id == endOfSentence) {
            end(FinishReason.STOP);
        } else {
            count(id);
            emit(parser.accept(decoder.accept(id)));
            if (stop.found() || parser.ended()) {
                end(FinishReason.STOP);
            }
        }
    }

    private void count(int id) {
        completionTokens++;
        reasoning &= id != endOfThinking;
        reasoningTokens += reasoning ? 1 : 0;
    }

    private void emit(List<ChatEvent> events) {
        for (ChatEvent event : events) {
            switch (event) {
                case ChatEvent.Content content ->
                    stop.accept(content.text()).ifPresent(text -> ready.add(new ChatEvent.Content(text)));
                case ChatEvent.Reasoning more -> ready.add(more);
                default -> {
                    reasoning = false;
                    if (!stop.found()) {
                        stop.finish().ifPresent(text -> ready.add(new ChatEvent.Content(text)));
                        ready.add(event);
                    }
                }
            }
        }
    }

    private void end(FinishReason reason) {
        boolean stopped = stop.found();
        emit(parser.accept(decoder.finish()));
        emit(parser.finish(reason));
        if (!stopped) {
            stop.finish().ifPresent(text -> ready.add(new ChatEvent.Content(text)));
        }
        FinishReason shown = reason == FinishReason.STOP && parser.toolCalls() > 0 ? FinishReason.TOOL_CALLS : reason;
        ready.add(new ChatEvent.End(shown, usage()));
        ended = true;
    }
}
