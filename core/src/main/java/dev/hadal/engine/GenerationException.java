package dev.hadal.engine;

import org.jspecify.annotations.Nullable;

/** A generation that failed. No other generation is affected. */
public final class GenerationException extends RuntimeException {
    /** What failed. */
    public enum Fault {
        /** The model's computation. */
        MODEL,
        /** The computation gave a number that is NaN or infinite. */
        NOT_FINITE,
        /** The choice of an id. */
        SAMPLER,
        /** The request's constraint on ids, or it allowed none. */
        CONSTRAINT,
        /** The request's stop rule. */
        STOP_RULE,
        /** Memory ran out while it alone was computed. */
        OUT_OF_MEMORY,
        /** Nobody read it for too long. */
        STUCK_READER,
        /** The engine itself. */
        ENGINE
    }

    private final Fault fault;

    GenerationException(Fault fault, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.fault = fault;
    }

    /** What failed. */
    public Fault fault() {
        return fault;
    }
}
