package dev.hadal;

import org.jspecify.annotations.Nullable;

/**
 * A text to be completed, without a conversation around it.
 *
 * @param prompt the text before what is wanted
 * @param suffix the text after it (fill in the middle, encoding.md 11); null to continue the prompt
 * @param options sampling, limits, stop texts and output are read; there is no reasoning here
 * @param context on whose behalf
 */
public record CompletionCall(String prompt, @Nullable String suffix, ChatOptions options, CallContext context) {}
