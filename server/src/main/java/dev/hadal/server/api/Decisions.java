package dev.hadal.server.api;

/**
 * What this server does where the hosted service's way costs its clients something (api.md 16). The strict profile
 * does everything as the hosted service does.
 *
 * @param refuseMissingReasoning a request with tools to {@code /chat/completions} must bring the reasoning of every
 *     earlier turn; otherwise it is restored from the calls, or empty
 * @param refuseDisabledEffort thinking disabled together with an effort is refused; otherwise disabled wins
 * @param usageOnFinishChunk a stream's last chunk carries the usage; otherwise a chunk of its own does, if the client
 *     asks for it
 * @param floorCacheHits hits are told in multiples of 128; otherwise exactly
 * @param mapUnknownModels the Anthropic endpoint answers unknown names with the smaller model; otherwise it refuses them
 * @param hostedFieldsOnly what the hosted service ignores or refuses is ignored or refused here: {@code n},
 *     {@code seed}, penalties, {@code logit_bias}, Anthropic's model list, images shown as a placeholder, an answer cut
 *     to the context
 */
public record Decisions(
        boolean refuseMissingReasoning,
        boolean refuseDisabledEffort,
        boolean usageOnFinishChunk,
        boolean floorCacheHits,
        boolean mapUnknownModels,
        boolean hostedFieldsOnly) {
    private static final int HIT_UNIT = 128;

    /** What suits clients best. */
    public static Decisions compatible() {
        return new Decisions(false, false, false, false, false, false);
    }

    /** As the hosted service. */
    public static Decisions strictParity() {
        return new Decisions(true, true, true, true, false, true);
    }

    /** The number of reused tokens as it is told. */
    public int shownHits(int reused) {
        return floorCacheHits ? reused / HIT_UNIT * HIT_UNIT : reused;
    }
}
