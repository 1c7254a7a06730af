package dev.hadal.sample;

/** Logits from which no token can be chosen. */
public final class SamplingException extends RuntimeException {
    /** An exception whose message says which logit is wrong, at which position, and what to do. */
    public SamplingException(String message) {
        super(message);
    }
}
