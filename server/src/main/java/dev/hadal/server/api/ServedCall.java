package dev.hadal.server.api;

import dev.hadal.ChatOptions;
import dev.hadal.chat.Conversation;

/**
 * A request that has been understood: what will be asked of which model for whom.
 *
 * @param model what answers
 * @param conversation what has been said
 * @param options how to answer
 * @param userId the client's end user; may be empty
 * @param toolsForbidden whether calls in the answer are left out
 * @param normalised what was put differently
 */
public record ServedCall(
        ModelChoice model,
        Conversation conversation,
        ChatOptions options,
        String userId,
        boolean toolsForbidden,
        Normalisation normalised) {}
