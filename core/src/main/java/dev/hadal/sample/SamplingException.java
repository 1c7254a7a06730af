package dev.hadal.sample;

/** Logits from which no token can be chosen, or a constraint under which none can. It ends one request. */
public final class SamplingException extends RuntimeException {
    /** An exception whose message says what is wrong, at which position, and what to do. */
    public SamplingException(String message) {
        super(message);
    }

    /** The same, with what a constraint threw. */
    public SamplingException(String message, Throwable cause) {
        super(message, cause);
    }
}
