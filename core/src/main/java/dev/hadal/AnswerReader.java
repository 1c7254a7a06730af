package dev.hadal;

import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.CompletionParser;
import dev.hadal.chat.ControlTokens;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.chat.TokenLogProb;
import dev.hadal.chat.Usage;
import dev.hadal.tokenizer.StreamDecoder;
import dev.hadal.tokenizer.Tokenizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From sampled ids to events. What it says depends on the ids alone, so two readers of the same answer agree: one
 * decides inside the engine's step where the answer ends, the other serves the caller.
 */
final class AnswerReader {
    private final Tokenizer tokenizer;
    private final StreamDecoder decoder;
    private final @Nullable CompletionParser parser;
    private final StopTexts stop;
    private final int endOfSentence;
    private final int endOfThinking;
    private final List<ChatEvent> events = new ArrayList<>();
    private final Deque<Unshown> unshown = new ArrayDeque<>();
    /** Characters decoded so far. */
    private long decoded;

    private int completionTokens;
    private int reasoningTokens;
    private boolean reasoning;
    private boolean ended;

    /** A token whose text is held back, and where that text begins. */
    private record Unshown(long start, TokenLogProb logProb) {}

    AnswerReader(Tokenizer tokenizer, AnswerFormat format) {
        this.tokenizer = tokenizer;
        this.decoder = tokenizer.streamDecoder();
        this.parser = format.parser();
        this.stop = new StopTexts(format.stop());
        this.reasoning = format.mode() == ThinkingMode.THINKING;
        this.endOfSentence = control(tokenizer, ControlTokens.END_OF_SENTENCE);
        this.endOfThinking = control(tokenizer, ControlTokens.END_THINK);
    }

    /** The id of a token that a DeepSeek-V4 cannot be without. */
    static int control(Tokenizer tokenizer, String token) {
        return tokenizer
                .controlId(token)
                .orElseThrow(() -> new IllegalStateException(
                        "the tokenizer has no token " + token + "; it is not that of a DeepSeek-V4"));
    }

    /** Whether the answer is complete: nothing more is to be sampled. */
    boolean ended() {
        return ended;
    }

    /** What was sampled so far, as {@link Usage} counts it. */
    Usage usage(int promptTokens, int reusedTokens) {
        return new Usage(promptTokens, completionTokens, reasoningTokens, reusedTokens);
    }

    /**
     * Reads the next id.
     *
     * @param logProb its log-probability, if that is wanted
     * @return what is certain now
     */
    List<ChatEvent> accept(int id, @Nullable TokenLogProb logProb) {
        if (id == endOfSentence) {
            ended = true;
            return List.of();
        }
        completionTokens++;
        reasoning &= id != endOfThinking;
        reasoningTokens += reasoning ? 1 : 0;
        long start = decoded;
        String text = decoder.accept(id);
        decoded += text.length();
        if (logProb != null && !tokenizer.isControl(id)) {
            unshown.add(new Unshown(start, logProb));
        }
        read(text);
        ended = stop.found() || (parser != null && parser.ended());
        return take();
    }

    /** Reads the next id where only the end matters. */
    boolean ends(int id) {
        accept(id, null);
        return ended;
    }

    /**
     * No more ids will come.
     *
     * @return what was held back, and the end
     */
    List<ChatEvent> finish(FinishReason reason, Usage usage) {
        boolean stopped = stop.found();
        read(decoder.finish());
        if (parser != null) {
            emit(parser.finish(reason));
        }
        if (!stopped) {
            stop.finish().ifPresent(text -> events.add(new ChatEvent.Content(text)));
        }
        boolean calls = parser != null && parser.toolCalls() > 0;
        attachLogProbs();
        events.add(new ChatEvent.End(
                reason == FinishReason.STOP && calls ? FinishReason.TOOL_CALLS : reason, usage, stop.text()));
        return take();
    }

    private void read(String text) {
        if (parser != null) {
            emit(parser.accept(text));
        } else if (!text.isEmpty()) {
            emit(List.of(new ChatEvent.Content(text)));
        }
        attachLogProbs();
    }

    private void emit(List<ChatEvent> parsed) {
        for (ChatEvent event : parsed) {
            switch (event) {
                case ChatEvent.Content content ->
                    stop.accept(content.text()).ifPresent(text -> events.add(new ChatEvent.Content(text)));
                case ChatEvent.Reasoning more -> events.add(more);
                default -> {
                    reasoning = false;
                    if (!stop.found()) {
                        stop.finish().ifPresent(text -> events.add(new ChatEvent.Content(text)));
                        events.add(event);
                    }
                }
            }
        }
    }

    /** Puts the tokens of which a part was shown behind that text; those of which nothing ever was are dropped. */
    private void attachLogProbs() {
        if (unshown.isEmpty()) {
            return;
        }
        long settled = decoded - stop.heldLength() - (parser == null ? 0 : parser.heldLength());
        List<TokenLogProb> shown = new ArrayList<>();
        while (!unshown.isEmpty() && unshown.getFirst().start() < settled) {
            shown.add(unshown.removeFirst().logProb());
        }
        int last = events.size() - 1;
        while (last >= 0 && !isText(events.get(last))) {
            last--;
        }
        if (last >= 0 && !shown.isEmpty()) {
            boolean thought = events.get(last) instanceof ChatEvent.Reasoning;
            events.add(last + 1, new ChatEvent.LogProbs(thought, shown));
        }
    }

    private static boolean isText(ChatEvent event) {
        return event instanceof ChatEvent.Content || event instanceof ChatEvent.Reasoning;
    }

    private List<ChatEvent> take() {
        List<ChatEvent> taken = List.copyOf(events);
        events.clear();
        return taken;
    }
}
