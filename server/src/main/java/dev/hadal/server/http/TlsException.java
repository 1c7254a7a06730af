package dev.hadal.server.http;

import org.jspecify.annotations.Nullable;

/** The files for TLS are not what they should be. */
public final class TlsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TlsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
