package dev.hadal.chat;

import java.util.ArrayList;
import java.util.List;

/**
 * What has been said, and the tools the model may call.
 *
 * @param messages in order
 * @param tools offered to the whole conversation; announced in the first system message, which is
 *     made when there is none (encoding.md 8.1)
 * @param encoded how many leading messages a former prompt already holds; only the rest is rendered
 */
public record Conversation(List<Message> messages, List<ToolSpec> tools, int encoded) {
    /** Copies the lists. */
    public Conversation {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        if (encoded < 0 || encoded > messages.size()) {
            throw new IllegalArgumentException(
                    "encoded is " + encoded + ", must be between 0 and the " + messages.size() + " messages");
        }
    }

    /** A conversation without tools. */
    public static Conversation of(Message... messages) {
        return new Conversation(List.of(messages), List.of(), 0);
    }

    /** A conversation of one question. */
    public static Conversation ask(String question) {
        return of(Message.user(question));
    }

    /** This conversation and one message more. */
    public Conversation plus(Message message) {
        List<Message> longer = new ArrayList<>(messages);
        longer.add(message);
        return new Conversation(longer, tools, encoded);
    }

    /** The same messages, offering these tools instead. */
    public Conversation withTools(List<ToolSpec> offered) {
        return new Conversation(messages, offered, encoded);
    }

    /** Every tool the model may call, wherever it was announced. */
    public List<ToolSpec> allTools() {
        List<ToolSpec> all = new ArrayList<>(tools);
        messages.forEach(message -> all.addAll(message.tools()));
        return List.copyOf(all);
    }

    /**
     * The mode that the completion starts in: an open assistant message has its reasoning behind it,
     * and the answer to a task has none.
     */
    public ThinkingMode completionMode(ThinkingMode promptMode) {
        if (messages.isEmpty()) {
            return promptMode;
        }
        Message last = messages.getLast();
        boolean reasoningBehind = last instanceof Message.Assistant || last.task() != Task.NONE;
        return reasoningBehind ? ThinkingMode.CHAT : promptMode;
    }

    /**
     * Checks that the prompt of this conversation ends where the model is to speak. The encoder renders
     * other lists as well, as the reference does.
     *
     * @throws ConversationException naming the first message at fault
     */
    public void requireAnswerable() {
        if (messages.isEmpty()) {
            throw new ConversationException(-1, "the conversation is empty; add a user message");
        }
        int last = messages.size() - 1;
        for (int index = 0; index < last; index++) {
            if (messages.get(index) instanceof Message.Assistant assistant && assistant.open()) {
                throw new ConversationException(index, "only the last message can be a prefix to continue");
            }
        }
        switch (messages.getLast()) {
            case Message.User _ -> {}
            case Message.ToolResult _ -> {}
            case Message.Developer _ -> {}
            case Message.Assistant assistant -> {
                if (!assistant.open() && assistant.task() == Task.NONE) {
                    throw new ConversationException(
                            last,
                            "the conversation ends with an assistant message; add a user message or mark it as prefix");
                }
            }
            case Message.SystemPrompt _ ->
                throw new ConversationException(
                        last, "the conversation ends with a system message; add a user message");
            case Message.LatestReminder _ ->
                throw new ConversationException(last, "the conversation ends with a reminder; add a user message");
        }
    }
}
