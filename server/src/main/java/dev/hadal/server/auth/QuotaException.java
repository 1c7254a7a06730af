package dev.hadal.server.auth;

import java.time.Duration;

/** A key has used up what it may use for now. */
public final class QuotaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Duration retryAfter;

    QuotaException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    /** Which limit was reached. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /** When there will be room again. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
