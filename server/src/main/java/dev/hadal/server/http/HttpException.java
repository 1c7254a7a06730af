package dev.hadal.server.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A request is refused; the client is told why, in the shape of its dialect. */
public final class HttpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String type;
    private final @Nullable String param;
    private final transient @Nullable Duration retryAfter;
    private final boolean closes;

    private HttpException(
            int status,
            String type,
            String message,
            @Nullable String param,
            @Nullable Duration retryAfter,
            boolean closes) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.param = param;
        this.retryAfter = retryAfter;
        this.closes = closes;
    }

    /** A refusal with the error type that belongs to the status. */
    public static HttpException of(int status, String message) {
        return new HttpException(status, typeOf(status), message, null, null, false);
    }

    /** A request that cannot be served as it is: 400. */
    public static HttpException badRequest(String message) {
        return of(400, message);
    }

    /** These with another {@code type}, for the places where the hosted service uses a surprising one. */
    public HttpException withType(String other) {
        return new HttpException(status, other, getMessage(), param, retryAfter, closes);
    }

    /** These with the name of the field that is wrong. */
    public HttpException withParam(String name) {
        return new HttpException(status, type, getMessage(), name, retryAfter, closes);
    }

    /** These with advice when to try again. */
    public HttpException retryAfter(Duration wait) {
        return new HttpException(status, type, getMessage(), param, wait, closes);
    }

    /** These, after which the connection is closed: what else comes on it cannot be trusted or is not wanted. */
    public HttpException closing() {
        return new HttpException(status, type, getMessage(), param, retryAfter, true);
    }

    /** The status code. */
    public int status() {
        return status;
    }

    /** The error type of the OpenAI dialect. */
    public String type() {
        return type;
    }

    /** The field that is wrong, if one is. */
    public @Nullable String param() {
        return param;
    }

    /** When to try again, if that helps. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** What is wrong. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    boolean closes() {
        return closes;
    }

    private static String typeOf(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 402 -> "unknown_error";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_error";
            case 503 -> "overloaded_error";
            default -> status >= 500 ? "server_error" : "invalid_request_error";
        };
    }
}
