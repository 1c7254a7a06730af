package dev.hadal.chat;

import java.util.List;

/** A piece of what a user or a tool says. */
public sealed interface Part {
    /** What stands between two parts of one turn (encoding.md 6). */
    String SEPARATOR = "\n\n";

    /**
     * Written text.
     *
     * @param text the characters; control tokens in it are only characters
     */
    record Text(String text) implements Part {}

    /**
     * Something the text models cannot read; rendered as a placeholder that names it.
     *
     * @param type the client's word for it, such as {@code image_url}
     */
    record Unsupported(String type) implements Part {}

    /**
     * The answer of a tool.
     *
     * @param toolCallId the id of the call it answers, or empty
     * @param content text and unsupported parts
     */
    record ToolResult(String toolCallId, List<Part> content) implements Part {
        /** Copies the content, which holds no further result. */
        public ToolResult {
            content = List.copyOf(content);
            if (content.stream().anyMatch(ToolResult.class::isInstance)) {
                throw new IllegalArgumentException("a tool result cannot hold a tool result");
            }
        }
    }
}
