package dev.hadal.engine;

import dev.hadal.sample.SamplingParams;

/**
 * What is to be generated. The result is a function of prompt, sampling, limits and output alone: of nothing that else
 * goes on in the engine.
 *
 * @param prompt ids, at least one; whatever of it is remembered is not computed again
 * @param sampling how ids are chosen
 * @param limits when it ends
 * @param output what it gives
 * @param origin where it comes from
 */
public record GenerationRequest(
        int[] prompt, SamplingParams sampling, TokenLimits limits, TokenOutput output, Origin origin) {
    /** Copies the prompt. */
    public GenerationRequest {
        prompt = prompt.clone();
        if (prompt.length == 0) {
            throw new IllegalArgumentException("a prompt needs at least one token");
        }
    }

    /** One plain answer for the only user of this process. */
    public static GenerationRequest of(int[] prompt, SamplingParams sampling, TokenLimits limits) {
        return new GenerationRequest(prompt, sampling, limits, TokenOutput.plain(), Origin.local());
    }

    /** This with another way to choose. */
    public GenerationRequest withSampling(SamplingParams other) {
        return new GenerationRequest(prompt, other, limits, output, origin);
    }

    /** This with other limits. */
    public GenerationRequest withLimits(TokenLimits other) {
        return new GenerationRequest(prompt, sampling, other, output, origin);
    }

    /** This with another output. */
    public GenerationRequest withOutput(TokenOutput other) {
        return new GenerationRequest(prompt, sampling, limits, other, origin);
    }

    /** This from elsewhere. */
    public GenerationRequest withOrigin(Origin other) {
        return new GenerationRequest(prompt, sampling, limits, output, other);
    }
}
