package dev.hadal.server.api;

import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.FinishReason;
import java.util.List;

/** Which events a client sees: no calls of tools if the request forbids them, whatever the model writes. */
final class Shown {
    private Shown() {}

    static List<ChatEvent> of(ChatEvent event, boolean toolsForbidden) {
        if (!toolsForbidden) {
            return List.of(event);
        }
        return switch (event) {
            case ChatEvent.ToolCallStart _, ChatEvent.ToolCallArguments _, ChatEvent.ToolCallEnd _ -> List.of();
            case ChatEvent.End end
            when end.reason() == FinishReason.TOOL_CALLS ->
                List.of(new ChatEvent.End(FinishReason.STOP, end.usage(), end.stopText()));
            default -> List.of(event);
        };
    }
}
