package dev.hadal.server.api;

import dev.hadal.chat.Field;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.chat.ToolSpec;
import dev.hadal.server.http.HttpException;
import java.util.List;

/** Whether the model may call tools. Forced calls need a grammar and are refused until there is one. */
public enum ToolChoice {
    /** There are none. */
    NO_TOOLS,
    /** There are some, but the request forbids to call them. */
    FORBIDDEN,
    /** The model decides. */
    AUTO;

    /** The choice that is left to the model, or taken from it. */
    public static ToolChoice of(List<ToolSpec> tools, boolean forbidden) {
        return tools.isEmpty() ? NO_TOOLS : forbidden ? FORBIDDEN : AUTO;
    }

    /** Whether the request offers tools, called or not. */
    public boolean offered() {
        return this != NO_TOOLS;
    }

    /**
     * The refusal of a forced call.
     *
     * @param field what asks for it
     * @param named the tool that must be called; empty for any
     */
    public static HttpException forced(Field field, List<ToolSpec> tools, ThinkingMode mode, String named) {
        String reason;
        if (tools.isEmpty()) {
            reason = "tool_choice asks for a call, but the request has no tools";
        } else if (!named.isEmpty()
                && tools.stream().noneMatch(tool -> tool.name().equals(named))) {
            reason = "tool_choice names a function that is not among the tools";
        } else if (mode == ThinkingMode.THINKING) {
            reason = "Thinking mode does not support this tool_choice";
        } else {
            reason = "This tool_choice needs constrained decoding, which this server does not offer yet; use auto";
        }
        return HttpException.badRequest(reason).withParam(field.path());
    }
}
