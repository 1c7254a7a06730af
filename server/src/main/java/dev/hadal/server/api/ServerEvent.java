package dev.hadal.server.api;

import org.jspecify.annotations.Nullable;

/**
 * An event of a stream.
 *
 * @param name its name; null if it has none
 * @param data its data in one line
 */
public record ServerEvent(@Nullable String name, String data) {
    /** An event without a name. */
    public static ServerEvent data(String data) {
        return new ServerEvent(null, data);
    }
}
