package dev.hadal.server.http;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hears of every request when it is over. */
@FunctionalInterface
public interface RequestLog {
    /** A request is over. Called on the request's thread; must not throw. */
    void ended(Entry entry);

    /**
     * What happened. Nothing in it is longer than the limits of the head allow; none of it may be trusted.
     *
     * @param id the request id
     * @param request what was asked
     * @param status the status code; 499 if the client left before there was one
     * @param bytes length of the body that was sent
     * @param duration from the end of the headers to the end of the response
     * @param notes what the handler added, as the model
     */
    record Entry(String id, Asked request, int status, long bytes, Duration duration, Map<String, Object> notes) {}

    /**
     * What was asked.
     *
     * @param method the method
     * @param path the path as sent
     * @param route the path of the route, so that there are few different ones; empty if no route was found
     * @param key the name of the key; empty before one was recognised
     * @param address where from
     * @param trace the header {@code traceparent} if it has the right form
     */
    record Asked(
            String method,
            String path,
            String route,
            String key,
            String address,
            @Nullable String trace) {}
}
