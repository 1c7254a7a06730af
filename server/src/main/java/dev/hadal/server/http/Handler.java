package dev.hadal.server.http;

/** Answers a request, on a virtual thread of its own. */
@FunctionalInterface
public interface Handler {
    /**
     * Answers. A refusal is thrown as {@link HttpException}; what else is thrown becomes a 500 that tells nothing but
     * the request id. After the response has begun, whatever is thrown ends the connection.
     */
    void handle(Exchange exchange) throws Exception;
}
