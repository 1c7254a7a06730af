package dev.hadal.server.api;

import dev.hadal.AdmissionRefusedException;
import dev.hadal.ContextOverflowException;
import dev.hadal.GenerationFailedException;
import dev.hadal.chat.ChatRequestException;
import dev.hadal.chat.ConversationException;
import dev.hadal.server.http.HttpException;
import java.time.Duration;

/** What clients are told when a request is refused or fails, in the words of the hosted service (api.md 9). */
public final class Refusals {
    private static final int UNAVAILABLE = 503;
    private static final int TOO_MANY = 429;
    private static final int FAILED = 500;

    private Refusals() {}

    /** A body that cannot be understood. */
    public static HttpException unreadable(ChatRequestException reason, byte[] body) {
        if (reason.path().isEmpty()) {
            return HttpException.badRequest("Failed to parse the request body as JSON: " + reason.getMessage());
        }
        String place = FieldPlace.of(body, reason.path()).map(at -> " " + at).orElse("");
        return HttpException.badRequest(
                        "Failed to deserialize the JSON body into the target type: " + reason.getMessage() + place)
                .withParam(reason.path());
    }

    /** A conversation that nobody can answer. */
    public static HttpException unanswerable(ConversationException reason) {
        String param = reason.messageIndex() < 0 ? "messages" : "messages[" + reason.messageIndex() + "]";
        return HttpException.badRequest(String.valueOf(reason.getMessage())).withParam(param);
    }

    /**
     * A prompt that does not fit, or that leaves no room for the answer.
     *
     * @param maxTokens most tokens of the answer
     */
    public static HttpException overflow(int context, long promptTokens, long maxTokens) {
        return HttpException.badRequest(("This model's maximum context length is %d tokens. However, you requested %d"
                                + " tokens (%d in the messages, %d in the completion). Please reduce the length of the"
                                + " messages or completion.")
                        .formatted(context, promptTokens + maxTokens, promptTokens, maxTokens))
                .withParam("messages");
    }

    /** As {@link #overflow(int, long, long)}. */
    public static HttpException overflow(ContextOverflowException reason, long maxTokens) {
        return overflow(reason.context(), reason.promptTokens(), maxTokens);
    }

    /** No capacity. */
    public static HttpException notAdmitted(AdmissionRefusedException reason) {
        String message = String.valueOf(reason.getMessage());
        Duration wait = reason.retryAfter();
        HttpException refusal = switch (reason.reason()) {
            case QUEUE_FULL, TIME -> HttpException.of(TOO_MANY, message);
            case NEVER_FITS -> HttpException.badRequest(message);
            case CLOSING, UNHEALTHY -> HttpException.of(UNAVAILABLE, message);
        };
        return wait == null ? refusal : refusal.retryAfter(wait);
    }

    /** An answer that cannot be continued; what broke inside is nobody's business outside. */
    public static HttpException failed(GenerationFailedException reason, String requestId) {
        return switch (reason.kind()) {
            case MODEL, NOT_FINITE, CHOICE ->
                HttpException.of(FAILED, "The answer could not be continued (request " + requestId + ").");
            case SLOW_READER -> HttpException.of(FAILED, "The answer was given up because it was not read.");
            case MEMORY ->
                HttpException.of(UNAVAILABLE, "The memory for this answer could not be had; try again later.");
            case CLOSED -> HttpException.of(UNAVAILABLE, "The server is stopping; try again later.");
        };
    }

    /** An answer that was cut off from this side. */
    public static HttpException interrupted() {
        return HttpException.of(UNAVAILABLE, "The answer was interrupted; try again later.");
    }
}
