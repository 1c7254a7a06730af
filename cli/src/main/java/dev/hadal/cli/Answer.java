package dev.hadal.cli;

import dev.hadal.chat.AnswerCollector;
import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.Message;
import dev.hadal.chat.ToolCall;
import dev.hadal.chat.Usage;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** One answer of the model on its way to the terminal: event by event, or at its end as JSON. */
final class Answer {
    private final Terminal terminal;
    private final boolean json;
    private final boolean hideThinking;
    private final AnswerCollector collector = new AnswerCollector();
    private boolean thinking;

    /** An answer of which nothing was seen yet. */
    Answer(Terminal terminal, boolean json, boolean hideThinking) {
        this.terminal = terminal;
        this.json = json;
        this.hideThinking = hideThinking;
    }

    /** Shows all events and returns the message that they make. */
    Message.Assistant show(Iterable<ChatEvent> events) {
        for (ChatEvent event : events) {
            collector.accept(event);
            if (event instanceof ChatEvent.End end) {
                finish(end);
            } else if (!json) {
                show(event);
            }
        }
        return collector.message();
    }

    private void show(ChatEvent event) {
        if (event instanceof ChatEvent.Reasoning reasoning) {
            if (!hideThinking) {
                thinking = true;
                terminal.reasoning(reasoning.text());
            }
            return;
        }
        endThinking();
        switch (event) {
            case ChatEvent.Content content -> terminal.answer(content.text());
            case ChatEvent.ToolCallEnd end -> terminal.answer(describe(end.call()));
            default -> {}
        }
    }

    private void endThinking() {
        if (thinking) {
            thinking = false;
            terminal.endReasoning();
        }
    }

    private void finish(ChatEvent.End end) {
        if (json) {
            terminal.printLine(json(end).toString());
            terminal.flush();
            return;
        }
        endThinking();
        terminal.answer("\n");
        if (end.reason() == FinishReason.LENGTH) {
            terminal.note("hadal: the answer was cut off after " + end.usage().completionTokens() + " tokens");
        }
    }

    /** There is nobody here to carry a call out. */
    private static String describe(ToolCall call) {
        return "\n" + call.name() + " " + call.arguments() + "\n";
    }

    private ObjectNode json(ChatEvent.End end) {
        Usage usage = end.usage();
        ObjectNode object = Json.message(collector.message());
        object.put("finish_reason", end.reason().name().toLowerCase(Locale.ROOT));
        object.putObject("usage")
                .put("prompt_tokens", usage.promptTokens())
                .put("completion_tokens", usage.completionTokens())
                .put("reasoning_tokens", usage.reasoningTokens());
        return object;
    }
}
