package dev.hadal.chat;

import java.util.ArrayList;
import java.util.List;

/** Events in the making; neighbouring pieces of the same kind become one event. */
final class EventRun {
    private enum Kind {
        REASONING,
        CONTENT,
        ARGUMENTS
    }

    private final List<ChatEvent> events = new ArrayList<>();
    private final StringBuilder run = new StringBuilder();
    private Kind kind = Kind.CONTENT;
    private int callIndex;

    void reasoning(String text) {
        append(Kind.REASONING, text);
    }

    void content(String text) {
        append(Kind.CONTENT, text);
    }

    /** Pieces of two calls never meet: a start or an end stands between them. */
    void arguments(int index, String json) {
        callIndex = index;
        append(Kind.ARGUMENTS, json);
    }

    void add(ChatEvent event) {
        endRun();
        events.add(event);
    }

    /** Hands over what has gathered. */
    List<ChatEvent> take() {
        endRun();
        List<ChatEvent> taken = List.copyOf(events);
        events.clear();
        return taken;
    }

    private void append(Kind next, String text) {
        if (next != kind) {
            endRun();
            kind = next;
        }
        run.append(text);
    }

    private void endRun() {
        if (run.isEmpty()) {
            return;
        }
        String text = run.toString();
        run.setLength(0);
        events.add(
                switch (kind) {
                    case REASONING -> new ChatEvent.Reasoning(text);
                    case CONTENT -> new ChatEvent.Content(text);
                    case ARGUMENTS -> new ChatEvent.ToolCallArguments(callIndex, text);
                });
    }
}
