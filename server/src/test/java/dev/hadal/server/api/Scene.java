package dev.hadal.server.api;

import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.ToolCall;
import dev.hadal.chat.Usage;
import java.util.ArrayList;
import java.util.List;

/** Answers as the events of a run, for tests of projections. */
public final class Scene {
    /** 363 tokens of prompt, 300 of them reused, 62 of answer, 17 of reasoning. */
    public static final Usage USAGE = new Usage(363, 62, 17, 300);

    private Scene() {}

    /** Reasoning, then text. */
    public static List<ChatEvent> thought(String reasoning, String content) {
        return List.of(new ChatEvent.Reasoning(reasoning), new ChatEvent.Content(content), end(FinishReason.STOP));
    }

    /** Reasoning, text, and a call whose arguments come in pieces. */
    public static List<ChatEvent> called() {
        return List.of(
                new ChatEvent.Reasoning("Look."),
                new ChatEvent.Content("I look."),
                new ChatEvent.ToolCallStart(0, "call_00_a", "weather"),
                new ChatEvent.ToolCallArguments(0, "{\"city\": \""),
                new ChatEvent.ToolCallArguments(0, "Paris\"}"),
                new ChatEvent.ToolCallEnd(0, new ToolCall("call_00_a", "weather", "{\"city\": \"Paris\"}")),
                end(FinishReason.TOOL_CALLS));
    }

    /** The end of an answer. */
    public static ChatEvent.End end(FinishReason reason) {
        return new ChatEvent.End(reason, USAGE, null);
    }

    /** Everything that a projection makes of an answer. */
    public static List<ServerEvent> events(EventProjection projection, List<ChatEvent> answer) {
        List<ServerEvent> events = new ArrayList<>(projection.begin(USAGE));
        answer.forEach(event -> events.addAll(projection.accept(0, event)));
        events.addAll(projection.end());
        return events;
    }

    /** As it goes over the wire. */
    public static String wire(List<ServerEvent> events) {
        StringBuilder wire = new StringBuilder();
        for (ServerEvent event : events) {
            if (event.name() != null) {
                wire.append("event: ").append(event.name()).append('\n');
            }
            wire.append("data: ").append(event.data()).append("\n\n");
        }
        return wire.toString();
    }

    /** An answer gathered from its events. */
    public static Answer answer(List<ChatEvent> events) {
        AnswerGatherer gatherer = new AnswerGatherer();
        events.forEach(gatherer::accept);
        return gatherer.answer(false);
    }
}
