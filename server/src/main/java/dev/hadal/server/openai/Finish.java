package dev.hadal.server.openai;

import dev.hadal.chat.FinishReason;

/** The words for why an answer ended (api.md 5.1). */
final class Finish {
    private Finish() {}

    static String word(FinishReason reason) {
        return switch (reason) {
            case STOP -> "stop";
            case LENGTH -> "length";
            case TOOL_CALLS -> "tool_calls";
            case CANCELLED, DEADLINE -> "insufficient_system_resource";
        };
    }
}
