package dev.hadal.server.http;

import dev.hadal.server.auth.Principal;

/** Decides, after routing and before anything of the body is read, whether a request is served. */
@FunctionalInterface
public interface Gate {
    /**
     * Who asks.
     *
     * @throws HttpException if the caller is not known, or may not do this, or not now
     */
    Principal admit(Exchange exchange);

    /** Lets everybody do everything. */
    static Gate open() {
        return exchange -> Principal.anonymous();
    }
}
