package dev.hadal.chat;

/** The effort as clients name it; what it means depends on the release (api.md 4.2). */
public enum RequestedEffort {
    /** No thinking. */
    NONE,
    /** OpenAI's word for less than low. */
    MINIMAL,
    /** Little. */
    LOW,
    /** OpenAI's default. */
    MEDIUM,
    /** The hosted service's default. */
    HIGH,
    /** More than high, to OpenAI. */
    XHIGH,
    /** The most. */
    MAX;

    /** What the encoder is told; {@link #NONE} turns thinking off. */
    public ReasoningEffort under(EffortRules rules) {
        return switch (this) {
            case NONE -> ReasoningEffort.NONE;
            case MINIMAL, LOW -> rules == EffortRules.GA ? ReasoningEffort.LOW : ReasoningEffort.HIGH;
            case MEDIUM, HIGH -> ReasoningEffort.HIGH;
            case XHIGH -> rules == EffortRules.GA ? ReasoningEffort.HIGH : ReasoningEffort.MAX;
            case MAX -> ReasoningEffort.MAX;
        };
    }
}
