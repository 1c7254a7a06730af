package dev.hadal.server.http;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the server listens.
 *
 * @param host the address to listen on
 * @param port the port; 0 for any that is free
 * @param names further names that a Host header may have
 * @param origins the origins of pages that may call from a browser
 * @param tls certificate and key; null for plain HTTP
 * @param limits the limits
 */
public record HttpOptions(
        String host,
        int port,
        List<String> names,
        Set<String> origins,
        @Nullable Tls tls,
        Limits limits) {
    /** On the loopback, any free port, default limits: for tests. */
    public static HttpOptions local() {
        return new HttpOptions("127.0.0.1", 0, List.of(), Set.of(), null, Limits.defaults());
    }

    /** These with other limits. */
    public HttpOptions withLimits(Limits other) {
        return new HttpOptions(host, port, names, origins, tls, other);
    }
}
