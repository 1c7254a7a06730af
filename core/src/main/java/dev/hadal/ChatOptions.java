package dev.hadal;

import dev.hadal.chat.ReasoningEffort;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.sample.SamplingParams;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How answers are made.
 *
 * @param mode whether the model reasons first
 * @param effort how hard
 * @param sampling how tokens are chosen, while thinking too; null for the model's own defaults, whose seed is always
 *     the same
 * @param limits how long
 * @param stop texts that end the answer when they appear in its content; they are not part of it
 * @param output how many answers, and what beside their text
 * @param prompt how the prompt is written
 */
public record ChatOptions(
        ThinkingMode mode,
        ReasoningEffort effort,
        @Nullable SamplingParams sampling,
        AnswerLimits limits,
        List<String> stop,
        OutputOptions output,
        PromptOptions prompt) {
    private static final int MAX_TOKENS = 32_768;

    /** Checks the stop texts. */
    public ChatOptions {
        stop = List.copyOf(stop);
        if (stop.contains("")) {
            throw new IllegalArgumentException("a stop text must not be empty");
        }
    }

    /** One answer that thinks with high effort as the hosted service does, up to 32,768 tokens. */
    public static ChatOptions defaults() {
        return new ChatOptions(
                ThinkingMode.THINKING,
                ReasoningEffort.HIGH,
                null,
                new AnswerLimits(0, MAX_TOKENS, AnswerLimits.UNLIMITED),
                List.of(),
                new OutputOptions(1, OutputOptions.NONE),
                new PromptOptions(false, true, false));
    }

    /** These in another mode. */
    public ChatOptions withMode(ThinkingMode other) {
        return new ChatOptions(other, effort, sampling, limits, stop, output, prompt);
    }

    /** These with another effort. */
    public ChatOptions withEffort(ReasoningEffort other) {
        return new ChatOptions(mode, other, sampling, limits, stop, output, prompt);
    }

    /** These with another way to choose tokens; null for the model's defaults. */
    public ChatOptions withSampling(@Nullable SamplingParams other) {
        return new ChatOptions(mode, effort, other, limits, stop, output, prompt);
    }

    /** These with other limits. */
    public ChatOptions withLimits(AnswerLimits other) {
        return new ChatOptions(mode, effort, sampling, other, stop, output, prompt);
    }

    /** These with another upper limit. */
    public ChatOptions withMaxTokens(int other) {
        return withLimits(new AnswerLimits(limits.minTokens(), other, limits.thinkingBudget()));
    }

    /** These with another lower limit. */
    public ChatOptions withMinTokens(int other) {
        return withLimits(new AnswerLimits(other, limits.maxTokens(), limits.thinkingBudget()));
    }

    /** These with another limit of reasoning. */
    public ChatOptions withThinkingBudget(int other) {
        return withLimits(new AnswerLimits(limits.minTokens(), limits.maxTokens(), other));
    }

    /** These with other stop texts. */
    public ChatOptions withStop(List<String> other) {
        return new ChatOptions(mode, effort, sampling, limits, other, output, prompt);
    }

    /** These for so many answers. */
    public ChatOptions withChoices(int other) {
        OutputOptions changed = new OutputOptions(other, output.topLogProbs());
        return new ChatOptions(mode, effort, sampling, limits, stop, changed, prompt);
    }

    /** These with log-probabilities and so many alternatives. */
    public ChatOptions withTopLogProbs(int other) {
        OutputOptions changed = new OutputOptions(output.choices(), other);
        return new ChatOptions(mode, effort, sampling, limits, stop, changed, prompt);
    }

    /** These with another way to write the prompt. */
    public ChatOptions withPrompt(PromptOptions other) {
        return new ChatOptions(mode, effort, sampling, limits, stop, output, other);
    }

    /** These with or without bit parity. */
    public ChatOptions withParity(boolean other) {
        return withPrompt(new PromptOptions(other, prompt.dropThinking(), prompt.restoreReasoning()));
    }

    /** These with or without the reasoning of earlier turns. */
    public ChatOptions withDropThinking(boolean other) {
        return withPrompt(new PromptOptions(prompt.parity(), other, prompt.restoreReasoning()));
    }

    /** These with or without reasoning restored by tool call. */
    public ChatOptions withRestoredReasoning(boolean other) {
        return withPrompt(new PromptOptions(prompt.parity(), prompt.dropThinking(), other));
    }
}
