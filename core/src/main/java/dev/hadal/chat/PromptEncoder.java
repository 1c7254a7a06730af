package dev.hadal.chat;

import dev.hadal.tokenizer.Segment;
import java.util.List;

/**
 * A conversation format: from messages to the text the model was trained on. An interface because
 * the releases after V4 use other formats (encoding.md 16).
 */
public interface PromptEncoder {
    /**
     * Refuses what {@link #encode} would refuse, at once.
     *
     * @throws ConversationException if the format cannot express the conversation
     */
    void requireExpressible(Conversation conversation);

    /**
     * The prompt that asks the model for the next message. The concatenated texts of the segments are
     * the reference's prompt string; what came from outside is never in a control segment.
     *
     * @throws ConversationException if the format cannot express the conversation
     */
    List<Segment> encode(Conversation conversation, EncodingOptions options);

    /**
     * A finished assistant message as the model writes it: what follows the opened turn in a prompt of {@link #encode},
     * the end-of-sentence token included.
     *
     * @param mode {@link ThinkingMode#THINKING} if the turn was opened with reasoning
     */
    List<Segment> answer(Message.Assistant message, ThinkingMode mode);

    /** The prompt that asks the model to continue a text. */
    List<Segment> plain(String text);

    /** The prompt that asks the model for the text between two others (encoding.md 11). */
    List<Segment> fillInTheMiddle(String prefix, String suffix);
}
