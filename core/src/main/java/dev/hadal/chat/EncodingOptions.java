package dev.hadal.chat;

/**
 * How a conversation becomes a prompt.
 *
 * @param mode whether the model reasons first
 * @param effort what is asked of the reasoning
 * @param rules what that writes
 * @param dropThinking whether the reasoning of earlier turns is left out; a conversation with tools
 *     keeps it in any case (encoding.md 5, step C)
 * @param beginOfSentence whether the prompt starts with the begin-of-sentence token
 */
public record EncodingOptions(
        ThinkingMode mode, ReasoningEffort effort, EffortRules rules, boolean dropThinking, boolean beginOfSentence) {

    /** The reference encoder's defaults: no effort, preview rules, earlier reasoning dropped. */
    public static EncodingOptions of(ThinkingMode mode) {
        return new EncodingOptions(mode, ReasoningEffort.NONE, EffortRules.PREVIEW, true, true);
    }

    /** The same with another effort. */
    public EncodingOptions withEffort(ReasoningEffort other) {
        return new EncodingOptions(mode, other, rules, dropThinking, beginOfSentence);
    }

    /** The same with another rule set. */
    public EncodingOptions withRules(EffortRules other) {
        return new EncodingOptions(mode, effort, other, dropThinking, beginOfSentence);
    }

    /** The same, dropping or keeping the reasoning of earlier turns. */
    public EncodingOptions withDropThinking(boolean drop) {
        return new EncodingOptions(mode, effort, rules, drop, beginOfSentence);
    }

    /** The same, with or without the begin-of-sentence token. */
    public EncodingOptions withBeginOfSentence(boolean written) {
        return new EncodingOptions(mode, effort, rules, dropThinking, written);
    }
}
