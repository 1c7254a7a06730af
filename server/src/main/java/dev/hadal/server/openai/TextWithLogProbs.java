package dev.hadal.server.openai;

import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.TokenLogProb;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds a text back until the log-probabilities of its tokens, which come directly after it, are there: a chunk carries
 * both.
 */
final class TextWithLogProbs {
    private @Nullable ChatEvent held;

    /**
     * Something to be sent.
     *
     * @param event the event
     * @param tokens the tokens of its text; empty if it has none
     */
    record Piece(ChatEvent event, List<TokenLogProb> tokens) {}

    /** Takes the next event and returns what is complete. */
    List<Piece> accept(ChatEvent event) {
        List<Piece> complete = new ArrayList<>();
        ChatEvent before = held;
        held = null;
        if (event instanceof ChatEvent.LogProbs logProbs) {
            ChatEvent text = logProbs.reasoning() ? new ChatEvent.Reasoning("") : new ChatEvent.Content("");
            complete.add(new Piece(before == null ? text : before, logProbs.tokens()));
            return complete;
        }
        if (before != null) {
            complete.add(new Piece(before, List.of()));
        }
        if (event instanceof ChatEvent.Reasoning || event instanceof ChatEvent.Content) {
            held = event;
        } else {
            complete.add(new Piece(event, List.of()));
        }
        return complete;
    }
}
