package dev.hadal;

import dev.hadal.engine.GenerationException;
import org.jspecify.annotations.Nullable;

/** An answer could not be continued. Thrown by the iterator of a {@link ChatRun} after the events before the failure. */
public final class GenerationFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    /** What failed. */
    public enum Kind {
        /** The model threw. */
        MODEL,
        /** The model gave a NaN or an infinity. */
        NOT_FINITE,
        /** No token could be chosen: a sampler, a stop rule or a constraint threw or left nothing. */
        CHOICE,
        /** The reader was so slow that what it had not read was given up. */
        SLOW_READER,
        /** The memory that it needed could not be had. */
        MEMORY,
        /** The engine has ended. */
        CLOSED
    }

    /** A failure. */
    public GenerationFailedException(Kind kind, String message, @Nullable Throwable origin) {
        super(message, origin);
        this.kind = kind;
    }

    static GenerationFailedException of(GenerationException failure) {
        Kind kind = switch (failure.fault()) {
            case MODEL -> Kind.MODEL;
            case NOT_FINITE -> Kind.NOT_FINITE;
            case SAMPLER, CONSTRAINT, STOP_RULE -> Kind.CHOICE;
            case OUT_OF_MEMORY -> Kind.MEMORY;
            case STUCK_READER -> Kind.SLOW_READER;
            case ENGINE -> Kind.CLOSED;
        };
        return new GenerationFailedException(kind, String.valueOf(failure.getMessage()), failure);
    }

    /** What failed. */
    public Kind kind() {
        return kind;
    }
}
