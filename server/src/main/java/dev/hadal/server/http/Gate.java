package dev.hadal.server.http;

import dev.hadal.server.auth.Principal;

/** Decides, after routing and before anything of the body is read, whether a request is served. */
@FunctionalInterface
public interface Gate {
    /**
     * Finds out who asks.
     *
     * @throws HttpException if the caller is not known
     */
    Caller recognise(Exchange exchange);

    /**
     * Who asks, told before anything else is decided, so that a refusal is logged under the caller's name.
     *
     * @param principal the caller
     * @param admission returns if the request is served; throws {@link HttpException} if the caller may not do this, or
     *     not now
     */
    record Caller(Principal principal, Runnable admission) {}

    /** Lets everybody do everything. */
    static Gate open() {
        return exchange -> new Caller(Principal.anonymous(), () -> {});
    }
}
