package dev.hadal.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step of a completion, in the order in which the model produces it. Texts are pieces: the
 * concatenation does not depend on how the completion was cut.
 */
public sealed interface ChatEvent {

    /**
     * More reasoning.
     *
     * @param text not empty
     */
    record Reasoning(String text) implements ChatEvent {}

    /**
     * More of the visible answer.
     *
     * @param text not empty
     */
    record Content(String text) implements ChatEvent {}

    /**
     * The tokens of the text before it, if log-probabilities were asked for. Directly follows a {@link Reasoning} or a
     * {@link Content}. Control tokens and the tokens of tool calls are left out.
     *
     * @param reasoning whether that text was reasoning
     * @param tokens in the order in which they were sampled, not empty
     */
    record LogProbs(boolean reasoning, List<TokenLogProb> tokens) implements ChatEvent {
        /** Copies the list. */
        public LogProbs {
            tokens = List.copyOf(tokens);
        }
    }

    /**
     * A tool call begins. If no {@link ToolCallEnd} follows, it was cut off and counts for nothing.
     *
     * @param index place among the calls of this message, from 0
     * @param id what the result will refer to
     * @param name the tool's name, as the model wrote it
     */
    record ToolCallStart(int index, String id, String name) implements ChatEvent {}

    /**
     * More of a call's arguments.
     *
     * @param index the call
     * @param json a piece of the JSON text of an object
     */
    record ToolCallArguments(int index, String json) implements ChatEvent {}

    /**
     * A tool call is complete.
     *
     * @param index the call
     * @param call the whole call. Its arguments are the concatenated pieces, but where the model gave
     *     a parameter twice: pieces cannot be taken back and hold both, this holds the last value
     */
    record ToolCallEnd(int index, ToolCall call) implements ChatEvent {}

    /**
     * The completion is over; always the last event.
     *
     * @param reason why
     * @param usage what it cost
     * @param stopText the stop text that ended it; null if none did
     */
    record End(FinishReason reason, Usage usage, @Nullable String stopText) implements ChatEvent {}
}
