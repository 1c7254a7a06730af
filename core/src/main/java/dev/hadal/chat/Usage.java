package dev.hadal.chat;

/**
 * What a completion cost, in tokens (encoding.md 14).
 *
 * @param promptTokens the whole prompt
 * @param completionTokens all sampled tokens but the end-of-sentence token
 * @param reasoningTokens those of them before the end of the reasoning
 * @param reusedTokens those of the prompt that were not computed again
 */
public record Usage(int promptTokens, int completionTokens, int reasoningTokens, int reusedTokens) {}
