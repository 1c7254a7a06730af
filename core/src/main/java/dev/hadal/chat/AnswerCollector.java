package dev.hadal.chat;

import java.util.ArrayList;
import java.util.List;

/** Gathers the events of a completion into the message they describe. */
public final class AnswerCollector {
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder content = new StringBuilder();
    private final List<ToolCall> calls = new ArrayList<>();

    /** A collector that has seen nothing yet. */
    public AnswerCollector() {}

    /** Takes the next event. */
    public void accept(ChatEvent event) {
        switch (event) {
            case ChatEvent.Reasoning more -> reasoning.append(more.text());
            case ChatEvent.Content more -> content.append(more.text());
            case ChatEvent.ToolCallEnd end -> calls.add(end.call());
            // A call that never ends is dropped, so only its end counts.
            case ChatEvent.ToolCallStart _, ChatEvent.ToolCallArguments _ -> {}
            case ChatEvent.LogProbs _, ChatEvent.End _ -> {}
        }
    }

    /** The message so far. */
    public Message.Assistant message() {
        return new Message.Assistant(reasoning.toString(), content.toString(), calls);
    }
}
