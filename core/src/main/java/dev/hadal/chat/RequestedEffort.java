package dev.hadal.chat;

/** The effort as clients name it; what it means depends on the release (api.md 4.2). */
enum RequestedEffort {
    NONE,
    MINIMAL,
    LOW,
    MEDIUM,
    HIGH,
    XHIGH,
    MAX;

    /** What the encoder is told; {@link #NONE} turns thinking off. */
    ReasoningEffort under(EffortRules rules) {
        return switch (this) {
            case NONE -> ReasoningEffort.NONE;
            case MINIMAL, LOW -> rules == EffortRules.GA ? ReasoningEffort.LOW : ReasoningEffort.HIGH;
            case MEDIUM, HIGH -> ReasoningEffort.HIGH;
            case XHIGH -> rules == EffortRules.GA ? ReasoningEffort.HIGH : ReasoningEffort.MAX;
            case MAX -> ReasoningEffort.MAX;
        };
    }
}
