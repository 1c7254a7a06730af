package dev.hadal.chat;

/** What the effort levels write into the prompt; a property of the checkpoint (encoding.md 7). */
public enum EffortRules {
    /** The April 2026 releases: only {@link ReasoningEffort#MAX} writes something. */
    PREVIEW("preview", "v4-preview-2026-04"),
    /** Flash 0731, Pro 0813 and later: one level more. */
    GA("ga", "v4-ga-2026-07-31");

    private static final String ABSOLUTE_MAXIMUM = """
            Reasoning Effort: Absolute maximum with no shortcuts permitted.
            You MUST be very thorough in your thinking and comprehensively decompose the problem to resolve the root \
            cause, rigorously stress-testing your logic against all potential paths, edge cases, and adversarial scenarios.
            Explicitly write out your entire deliberation process, documenting every intermediate step, considered \
            alternative, and rejected hypothesis to ensure absolutely no assumption is left unchecked.

            """;
    private static final String BEYOND_MAXIMUM = """
            Reasoning Effort: Beyond maximum — exhaustive, relentless, and uncompromising.
            You MUST reason with the utmost depth and rigor, leaving absolutely nothing to chance: exhaustively \
            decompose the problem into its most fundamental components, trace every causal chain to its root, and \
            resolve the underlying cause rather than any surface symptom.
            Do not stop reasoning until you have independently verified the solution from multiple angles and are \
            certain that no assumption remains unchecked and no error remains undiscovered.

            """;

    private final String shortName;
    private final String releaseName;

    EffortRules(String shortName, String releaseName) {
        this.shortName = shortName;
        this.releaseName = releaseName;
    }

    /**
     * The rule set called {@code name}.
     *
     * @param name {@code preview}, {@code ga}, or the release: {@code v4-preview-2026-04},
     *     {@code v4-ga-2026-07-31}
     * @throws IllegalArgumentException if there is no such rule set
     */
    public static EffortRules of(String name) {
        for (EffortRules rules : values()) {
            if (name.equals(rules.shortName) || name.equals(rules.releaseName)) {
                return rules;
            }
        }
        throw new IllegalArgumentException(
                "unknown effort rules \"" + name + "\", expected preview, ga, v4-preview-2026-04 or v4-ga-2026-07-31");
    }

    /** The text that stands directly after the begin-of-sentence token; may be empty. */
    String prefix(ReasoningEffort effort) {
        return switch (effort) {
            case NONE, LOW -> "";
            case HIGH -> this == GA ? ABSOLUTE_MAXIMUM : "";
            case MAX -> this == GA ? BEYOND_MAXIMUM : ABSOLUTE_MAXIMUM;
        };
    }
}
