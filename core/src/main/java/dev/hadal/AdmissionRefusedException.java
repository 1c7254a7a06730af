package dev.hadal;

import dev.hadal.engine.AdmissionException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A call was refused for lack of capacity before anything was computed. */
public final class AdmissionRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Reason reason;
    private final @Nullable Duration retryAfter;

    /** What there is too little of. */
    public enum Reason {
        /** Too many calls wait already. */
        QUEUE_FULL,
        /** The memory that this call would need can never be had, whatever else runs. */
        NEVER_FITS,
        /** It would not be done within its time limit. */
        TIME,
        /** The backend takes no more calls: it is ending. */
        CLOSING,
        /** The backend has failed repeatedly. */
        UNHEALTHY
    }

    /**
     * A refusal.
     *
     * @param retryAfter when a second attempt has a chance; null if never
     */
    public AdmissionRefusedException(Reason reason, String message, @Nullable Duration retryAfter) {
        super(message);
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    /** What the engine's refusal means for a call whose prompt is known to fit. */
    static AdmissionRefusedException of(AdmissionException refusal) {
        Reason reason = switch (refusal.reason()) {
            case TOO_LONG, TOO_LARGE, INVALID_ID -> Reason.NEVER_FITS;
            case QUEUE_REQUESTS, QUEUE_TOKENS, QUEUE_BYTES, QUEUE_SHARE -> Reason.QUEUE_FULL;
            case QUEUE_SECONDS, DEADLINE -> Reason.TIME;
            case SHUT_DOWN -> Reason.CLOSING;
        };
        return new AdmissionRefusedException(reason, String.valueOf(refusal.getMessage()), refusal.retryAfter());
    }

    /** What there is too little of. */
    public Reason reason() {
        return reason;
    }

    /** When a second attempt has a chance; null if never. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
