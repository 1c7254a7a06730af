package dev.hadal.server.config;

import org.jspecify.annotations.Nullable;

/** A file or a setting is not what it should be; the message says which, why and what to do. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With a whole sentence. */
    public ConfigException(String message) {
        super(message);
    }

    /** With a whole sentence and where it comes from. */
    public ConfigException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
