package dev.hadal.server.api;

import dev.hadal.chat.AnswerCollector;
import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.TokenLogProb;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers the events of one answer. */
public final class AnswerGatherer {
    private final AnswerCollector message = new AnswerCollector();
    private final List<TokenLogProb> content = new ArrayList<>();
    private final List<TokenLogProb> reasoning = new ArrayList<>();
    private ChatEvent.@Nullable End end;

    /** A gatherer that has seen nothing yet. */
    public AnswerGatherer() {}

    /** Takes the next event. */
    public void accept(ChatEvent event) {
        message.accept(event);
        switch (event) {
            case ChatEvent.LogProbs more -> (more.reasoning() ? reasoning : content).addAll(more.tokens());
            case ChatEvent.End last -> end = last;
            default -> {}
        }
    }

    /**
     * The answer.
     *
     * @param logProbs whether log-probabilities were asked for
     * @throws IllegalStateException before its {@link ChatEvent.End}
     */
    public Answer answer(boolean logProbs) {
        ChatEvent.End last = end;
        if (last == null) {
            throw new IllegalStateException("the answer has not ended");
        }
        return new Answer(message.message(), logProbs ? new Answer.LogProbLists(content, reasoning) : null, last);
    }
}
