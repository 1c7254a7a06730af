package dev.hadal.server.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/** The body of an error, which clients of either dialect can read (api.md 9.1 and 10.6). */
public final class ErrorBody {
    private ErrorBody() {}

    /** The body as bytes. */
    public static byte[] bytes(HttpException refusal, Dialect dialect, String requestId) {
        return json(refusal, dialect, requestId).getBytes(StandardCharsets.UTF_8);
    }

    /** The body as JSON text in one line, also fit for an error event within a stream. */
    public static String json(HttpException refusal, Dialect dialect, String requestId) {
        boolean anthropic = dialect == Dialect.ANTHROPIC;
        String code = refusal.status() >= 500 || refusal.status() == 429 ? refusal.type() : "invalid_request_error";
        String error = "{\"message\":" + quoted(refusal.getMessage()) + ",\"type\":"
                + quoted(anthropic ? anthropicType(refusal.status()) : refusal.type()) + ",\"param\":"
                + quoted(refusal.param()) + ",\"code\":" + quoted(code) + "}";
        return anthropic
                ? "{\"type\":\"error\",\"error\":" + error + ",\"request_id\":" + quoted(requestId) + "}"
                : "{\"error\":" + error + "}";
    }

    private static String anthropicType(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503, 529 -> "overloaded_error";
            case 504 -> "timeout_error";
            default -> status >= 500 ? "api_error" : "invalid_request_error";
        };
    }

    private static String quoted(@Nullable String text) {
        return text == null
                ? "null"
                : "\"" + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + "\"";
    }
}
