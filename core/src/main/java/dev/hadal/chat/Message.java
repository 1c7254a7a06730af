package dev.hadal.chat;

import java.util.ArrayList;
import java.util.List;

/** One message of a conversation, neutral to the protocol it came from (encoding.md 5, 15). */
public sealed interface Message {

    /** A system message without tools. */
    static SystemPrompt system(String content) {
        return new SystemPrompt(content, List.of(), "");
    }

    /** A user message of one text. */
    static User user(String text) {
        return new User(List.of(new Part.Text(text)), Task.NONE);
    }

    /** A finished assistant message without reasoning and tool calls. */
    static Assistant assistant(String content) {
        return new Assistant("", content, List.of());
    }

    /** A tool's answer of one text. */
    static ToolResult toolResult(String toolCallId, String text) {
        return new ToolResult(toolCallId, List.of(new Part.Text(text)));
    }

    /** The quick instruction on this message. */
    default Task task() {
        return Task.NONE;
    }

    /** The tools that this message itself announces. */
    default List<ToolSpec> tools() {
        return List.of();
    }

    /**
     * Instructions of the operator; may stand anywhere.
     *
     * @param content the text, may be empty
     * @param tools tools announced after the text
     * @param responseFormat JSON text of a schema the reply must follow, or empty
     */
    record SystemPrompt(String content, List<ToolSpec> tools, String responseFormat) implements Message {
        /** Copies the tools. */
        public SystemPrompt {
            tools = List.copyOf(tools);
        }

        /** The same instructions, announcing {@code more} tools after its own. */
        public SystemPrompt withTools(List<ToolSpec> more) {
            List<ToolSpec> all = new ArrayList<>(tools);
            all.addAll(more);
            return new SystemPrompt(content, all, responseFormat);
        }
    }

    /**
     * What the user says.
     *
     * @param parts joined with blank lines in the prompt
     * @param task normally {@link Task#NONE}
     */
    record User(List<Part> parts, Task task) implements Message {
        /** Copies the parts. */
        public User {
            parts = List.copyOf(parts);
        }
    }

    /**
     * What the model said, or the beginning of what it shall say.
     *
     * @param reasoning the reasoning, may be empty
     * @param content the visible text, may be empty
     * @param toolCalls the calls at its end
     * @param task normally {@link Task#NONE}
     * @param open whether the model continues this message (prefix completion, encoding.md 11)
     */
    record Assistant(String reasoning, String content, List<ToolCall> toolCalls, Task task, boolean open)
            implements Message {
        /** Copies the calls. */
        public Assistant {
            toolCalls = List.copyOf(toolCalls);
        }

        /** A finished message. */
        public Assistant(String reasoning, String content, List<ToolCall> toolCalls) {
            this(reasoning, content, toolCalls, Task.NONE, false);
        }

        /** The same message, to be continued by the model. */
        public Assistant opened() {
            return new Assistant(reasoning, content, toolCalls, task, true);
        }
    }

    /**
     * A tool's answer; the encoder folds it into a user turn.
     *
     * @param toolCallId the id of the call it answers, or empty
     * @param parts text and unsupported parts
     */
    record ToolResult(String toolCallId, List<Part> parts) implements Message {
        /** Copies the parts. */
        public ToolResult {
            parts = List.copyOf(parts);
        }
    }

    /**
     * Date, place and the like, as DeepSeek's app sends them.
     *
     * @param content the text
     */
    record LatestReminder(String content) implements Message {}

    /**
     * A developer message of DeepSeek's app: rendered as a user turn that may announce tools. OpenAI's
     * developer role is something else, namely a system message.
     *
     * @param content the text, not empty
     * @param tools tools announced after the text
     * @param responseFormat JSON text of a schema the reply must follow, or empty
     */
    record Developer(String content, List<ToolSpec> tools, String responseFormat) implements Message {
        /** Copies the tools. */
        public Developer {
            tools = List.copyOf(tools);
        }
    }
}
