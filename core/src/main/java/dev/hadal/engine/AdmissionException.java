package dev.hadal.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A request that is refused before anything is computed for it. */
public final class AdmissionException extends RuntimeException {
    /** Why a request is refused. */
    public enum Reason {
        /** An id of the prompt is not in the vocabulary. */
        INVALID_ID,
        /** The prompt leaves no room in the context. */
        TOO_LONG,
        /** Its memory exceeds the whole budget; it never fits. */
        TOO_LARGE,
        /** Too many requests wait. */
        QUEUE_REQUESTS,
        /** The waiting requests have too many tokens. */
        QUEUE_TOKENS,
        /** The waiting requests take too much memory. */
        QUEUE_BYTES,
        /** Its tenant's share of the queue is taken. */
        QUEUE_SHARE,
        /** It would wait too long. */
        QUEUE_SECONDS,
        /** It cannot be finished before its deadline. */
        DEADLINE,
        /** The engine is being drained or closed. */
        SHUT_DOWN
    }

    private final Reason reason;
    private final @Nullable Duration retryAfter;

    AdmissionException(Reason reason, String message, @Nullable Duration retryAfter) {
        super(message);
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    /** After what time the same request may be accepted; null if it never is. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
