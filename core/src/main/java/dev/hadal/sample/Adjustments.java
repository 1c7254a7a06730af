package dev.hadal.sample;

/**
 * What changes logits before a token is chosen by them.
 *
 * @param penalties for tokens that the sequence already has
 * @param bias      for single tokens
 */
public record Adjustments(Penalties penalties, LogitBias bias) {
    private static final Adjustments NONE = new Adjustments(Penalties.none(), LogitBias.none());

    /** No change. */
    public static Adjustments none() {
        return NONE;
    }

    /** Whether no logit is changed. */
    public boolean isNone() {
        return penalties.isNone() && bias.values().isEmpty();
    }
}
