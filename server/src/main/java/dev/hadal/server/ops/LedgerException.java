package dev.hadal.server.ops;

import org.jspecify.annotations.Nullable;

/** The usage ledger cannot be used. */
public final class LedgerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    LedgerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
