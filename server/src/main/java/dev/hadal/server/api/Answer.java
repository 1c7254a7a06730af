package dev.hadal.server.api;

import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.Message;
import dev.hadal.chat.TokenLogProb;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A complete answer.
 *
 * @param message what was said
 * @param logProbs of the tokens; null if they were not asked for
 * @param end why it ended, and its cost
 */
public record Answer(Message.Assistant message, @Nullable LogProbLists logProbs, ChatEvent.End end) {
    /**
     * Log-probabilities by the text that their tokens belong to.
     *
     * @param content tokens of the visible answer
     * @param reasoning tokens of the reasoning
     */
    public record LogProbLists(List<TokenLogProb> content, List<TokenLogProb> reasoning) {
        /** Copies the lists. */
        public LogProbLists {
            content = List.copyOf(content);
            reasoning = List.copyOf(reasoning);
        }
    }
}
