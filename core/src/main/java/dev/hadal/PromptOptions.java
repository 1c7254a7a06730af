package dev.hadal;

/**
 * How a conversation becomes a prompt.
 *
 * @param parity lets the spelling of control tokens inside messages become control tokens, as the reference does
 * @param dropThinking leaves out the reasoning of earlier turns; a conversation with tools keeps it in any case
 *     (encoding.md 5, step C)
 * @param restoreReasoning gives an earlier turn that called tools and comes back without its reasoning the one that was
 *     generated with these calls, if it is still known (encoding.md 14); only of use where the ids of calls are unique,
 *     see {@link CallContext}
 */
public record PromptOptions(boolean parity, boolean dropThinking, boolean restoreReasoning) {}
