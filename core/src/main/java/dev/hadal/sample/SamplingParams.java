package dev.hadal.sample;

/**
 * How one sequence chooses its tokens. {@link Sampler} documents what each value does and in which order.
 *
 * @param temperature divisor of the logits, 0 to 2; 0 chooses the largest logit and makes the rest irrelevant
 * @param topP        probability mass that the kept tokens must reach, 0 to 1; 1 keeps all
 * @param topK        number of tokens kept, at least 0; 0 keeps all
 * @param minP        smallest probability kept, as a share of the largest, 0 to 1; 0 keeps all
 * @param seed        key of the random numbers, any value
 * @param adjustments what changes the logits first
 */
public record SamplingParams(float temperature, float topP, int topK, float minP, long seed, Adjustments adjustments) {
    private static final SamplingParams GREEDY = new SamplingParams(0, 1, 0, 0, 0);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException naming the value and its range
     */
    public SamplingParams {
        requireRange("temperature", temperature, 2);
        requireRange("top-p", topP, 1);
        requireRange("min-p", minP, 1);
        if (topK < 0) {
            throw new IllegalArgumentException("top-k must be at least 0 (0 keeps all tokens), but is " + topK);
        }
    }

    /** Values without adjustments. */
    public SamplingParams(float temperature, float topP, int topK, float minP, long seed) {
        this(temperature, topP, topK, minP, seed, Adjustments.none());
    }

    private static void requireRange(String name, float value, int highest) {
        // Written so that NaN fails too.
        if (!(value >= 0 && value <= highest)) {
            throw new IllegalArgumentException(name + " must be from 0 to " + highest + ", but is " + value);
        }
    }

    /** Always the largest logit, as the model gives it. */
    public static SamplingParams greedy() {
        return GREEDY;
    }

    /** True if the largest logit is always chosen, so that no random number is drawn. */
    public boolean isGreedy() {
        return temperature == 0;
    }

    /** These values with another temperature. */
    public SamplingParams withTemperature(float newTemperature) {
        return new SamplingParams(newTemperature, topP, topK, minP, seed, adjustments);
    }

    /** These values with another top-p. */
    public SamplingParams withTopP(float newTopP) {
        return new SamplingParams(temperature, newTopP, topK, minP, seed, adjustments);
    }

    /** These values with another top-k. */
    public SamplingParams withTopK(int newTopK) {
        return new SamplingParams(temperature, topP, newTopK, minP, seed, adjustments);
    }

    /** These values with another min-p. */
    public SamplingParams withMinP(float newMinP) {
        return new SamplingParams(temperature, topP, topK, newMinP, seed, adjustments);
    }

    /** These values with another seed. */
    public SamplingParams withSeed(long newSeed) {
        return new SamplingParams(temperature, topP, topK, minP, newSeed, adjustments);
    }

    /** These values with other adjustments. */
    public SamplingParams withAdjustments(Adjustments newAdjustments) {
        return new SamplingParams(temperature, topP, topK, minP, seed, newAdjustments);
    }

    /** These values with other penalties. */
    public SamplingParams withPenalties(Penalties newPenalties) {
        return withAdjustments(new Adjustments(newPenalties, adjustments.bias()));
    }

    /** These values with another bias. */
    public SamplingParams withBias(LogitBias newBias) {
        return withAdjustments(new Adjustments(adjustments.penalties(), newBias));
    }
}
