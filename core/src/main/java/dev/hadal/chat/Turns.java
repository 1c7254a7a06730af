package dev.hadal.chat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A conversation as the format sees it (encoding.md 5): tool results folded into user turns and put
 * in the order of their calls, what earlier turns may not show removed.
 *
 * @param messages without {@link Message.ToolResult}
 * @param first the first message to render
 * @param drop whether reasoning before the last question is hidden
 * @param lastQuestion index of the last user or developer message, -1 if there is none
 */
record Turns(List<Message> messages, int first, boolean drop, int lastQuestion) {

    static Turns of(Conversation conversation, EncodingOptions options) {
        List<Message> all = announceTools(conversation);
        // A system message made for the tools stands in front of the part that is encoded already.
        int boundary = conversation.encoded() == 0
                ? 0
                : conversation.encoded() + all.size() - conversation.messages().size();
        List<Message> messages = fold(all.subList(0, boundary));
        int first = messages.size();
        messages.addAll(fold(all.subList(boundary, all.size())));
        orderToolResults(messages);

        boolean drop = options.dropThinking()
                && messages.stream().allMatch(message -> message.tools().isEmpty());
        int lastQuestion = lastQuestion(messages);
        if (!drop || options.mode() != ThinkingMode.THINKING) {
            return new Turns(List.copyOf(messages), first, drop, lastQuestion);
        }
        List<Message> kept = new ArrayList<>();
        int firstKept = 0;
        for (int index = 0; index < messages.size(); index++) {
            Message message = messages.get(index);
            // Step D; the reasoning itself is left out when the message is rendered.
            if (index >= lastQuestion || !(message instanceof Message.Developer)) {
                kept.add(message);
                firstKept += index < first ? 1 : 0;
            }
        }
        return new Turns(List.copyOf(kept), firstKept, true, lastQuestion(kept));
    }

    /** Whether an assistant message at this place shows its reasoning, in thinking mode. */
    boolean showsReasoning(int index) {
        boolean answersTask = index > 0 && messages.get(index - 1).task() != Task.NONE;
        return !answersTask && (!drop || index > lastQuestion);
    }

    private static List<Message> announceTools(Conversation conversation) {
        List<Message> messages = new ArrayList<>(conversation.messages());
        if (!conversation.tools().isEmpty()) {
            if (messages.isEmpty() || !(messages.getFirst() instanceof Message.SystemPrompt)) {
                messages.addFirst(Message.system(""));
            }
            if (messages.getFirst() instanceof Message.SystemPrompt system) {
                messages.set(0, system.withTools(conversation.tools()));
            }
        }
        return messages;
    }

    /** Step A. */
    private static List<Message> fold(List<Message> messages) {
        List<Message> folded = new ArrayList<>();
        for (Message message : messages) {
            switch (message) {
                case Message.ToolResult result -> {
                    Part part = new Part.ToolResult(result.toolCallId(), result.parts());
                    append(folded, new Message.User(List.of(part), Task.NONE), true);
                }
                case Message.User user -> append(folded, user, false);
                default -> folded.add(message);
            }
        }
        return folded;
    }

    /** Joins a user turn to the one before it; only tool results join a turn that has a task. */
    private static void append(List<Message> folded, Message.User user, boolean evenToTask) {
        if (!folded.isEmpty()
                && folded.getLast() instanceof Message.User before
                && (evenToTask || before.task() == Task.NONE)) {
            List<Part> parts = new ArrayList<>(before.parts());
            parts.addAll(user.parts());
            folded.set(folded.size() - 1, new Message.User(parts, before.task()));
        } else {
            folded.add(user);
        }
    }

    /** Step B. */
    private static void orderToolResults(List<Message> messages) {
        Map<String, Integer> positions = new HashMap<>();
        for (int index = 0; index < messages.size(); index++) {
            switch (messages.get(index)) {
                case Message.Assistant assistant
                when !assistant.toolCalls().isEmpty() -> {
                    positions.clear();
                    for (int call = 0; call < assistant.toolCalls().size(); call++) {
                        positions.put(assistant.toolCalls().get(call).id(), call);
                    }
                    // A call without id cannot be referred to.
                    positions.remove("");
                }
                case Message.User user -> messages.set(index, ordered(user, positions));
                default -> {}
            }
        }
    }

    private static Message.User ordered(Message.User user, Map<String, Integer> positions) {
        List<Part.ToolResult> results = new ArrayList<>();
        for (Part part : user.parts()) {
            if (part instanceof Part.ToolResult result) {
                results.add(result);
            }
        }
        results.sort(Comparator.comparingInt(result -> positions.getOrDefault(result.toolCallId(), 0)));
        List<Part> parts = new ArrayList<>();
        int next = 0;
        for (Part part : user.parts()) {
            parts.add(part instanceof Part.ToolResult ? results.get(next++) : part);
        }
        return new Message.User(parts, user.task());
    }

    private static int lastQuestion(List<Message> messages) {
        for (int index = messages.size() - 1; index >= 0; index--) {
            if (messages.get(index) instanceof Message.User || messages.get(index) instanceof Message.Developer) {
                return index;
            }
        }
        return -1;
    }
}
