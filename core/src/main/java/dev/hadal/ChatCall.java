package dev.hadal;

import dev.hadal.chat.Conversation;

/**
 * A question to a {@link ChatBackend}.
 *
 * @param conversation what has been said
 * @param options how to answer
 * @param context on whose behalf
 */
public record ChatCall(Conversation conversation, ChatOptions options, CallContext context) {
    /** A call of the library's user for itself. */
    public static ChatCall of(Conversation conversation, ChatOptions options) {
        return new ChatCall(conversation, options, CallContext.local());
    }
}
