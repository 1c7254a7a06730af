package dev.hadal.chat;

import dev.hadal.tokenizer.Segment;
import java.util.ArrayList;
import java.util.List;

/** The conversation format of DeepSeek-V4 (encoding.md 4 to 11). */
public final class V4PromptEncoder implements PromptEncoder {
    private static final String RESPONSE_FORMAT = """
            ## Response Format:

            You MUST strictly adhere to the following schema to reply:
            """;

    /** An encoder; it has no state. */
    public V4PromptEncoder() {}

    @Override
    public void requireExpressible(Conversation conversation) {
        List<Message> messages = conversation.messages();
        for (int index = 0; index < messages.size(); index++) {
            if (messages.get(index) instanceof Message.Developer developer
                    && developer.content().isEmpty()) {
                throw new ConversationException(index, "a developer message must not be empty");
            }
        }
    }

    @Override
    public List<Segment> encode(Conversation conversation, EncodingOptions options) {
        requireExpressible(conversation);
        Turns turns = Turns.of(conversation, options);
        PromptWriter out = new PromptWriter();
        if (options.beginOfSentence() && conversation.encoded() == 0) {
            out.control(ControlTokens.BEGIN_OF_SENTENCE);
        }
        boolean thinking = options.mode() == ThinkingMode.THINKING;
        if (thinking && turns.first() == 0 && !turns.messages().isEmpty()) {
            out.wording(options.rules().prefix(options.effort()));
        }
        for (int index = turns.first(); index < turns.messages().size(); index++) {
            writeBody(turns, index, thinking, out);
            writeTransition(turns, index, thinking, out);
        }
        return out.segments();
    }

    @Override
    public List<Segment> answer(Message.Assistant message, ThinkingMode mode) {
        PromptWriter out = new PromptWriter();
        writeAssistant(message, mode == ThinkingMode.THINKING, out);
        return out.segments();
    }

    @Override
    public List<Segment> plain(String text) {
        PromptWriter out = new PromptWriter();
        out.control(ControlTokens.BEGIN_OF_SENTENCE);
        out.text(text);
        return out.segments();
    }

    /** V4 publishes no recipe; this is the one of DeepSeek's earlier models. */
    @Override
    public List<Segment> fillInTheMiddle(String prefix, String suffix) {
        PromptWriter out = new PromptWriter();
        out.control(ControlTokens.BEGIN_OF_SENTENCE);
        out.control(ControlTokens.FIM_BEGIN);
        out.text(prefix);
        out.control(ControlTokens.FIM_HOLE);
        out.text(suffix);
        out.control(ControlTokens.FIM_END);
        return out.segments();
    }

    private static void writeBody(Turns turns, int index, boolean thinking, PromptWriter out) {
        switch (turns.messages().get(index)) {
            case Message.SystemPrompt system -> {
                out.text(system.content());
                writeAnnouncements(system.tools(), system.responseFormat(), out);
            }
            case Message.Developer developer -> {
                out.control(ControlTokens.USER);
                out.text(developer.content());
                writeAnnouncements(developer.tools(), developer.responseFormat(), out);
            }
            case Message.User user -> {
                out.control(ControlTokens.USER);
                out.text(joined(user.parts()));
            }
            case Message.LatestReminder reminder -> {
                out.control(ControlTokens.LATEST_REMINDER);
                out.text(reminder.content());
            }
            case Message.Assistant assistant -> writeAssistant(assistant, thinking && turns.showsReasoning(index), out);
            case Message.ToolResult _ -> throw new IllegalStateException("tool results are folded into user turns");
        }
    }

    private static void writeAssistant(Message.Assistant assistant, boolean reasoned, PromptWriter out) {
        if (reasoned) {
            out.text(assistant.reasoning());
            out.control(ControlTokens.END_THINK);
        }
        out.text(assistant.content());
        if (!assistant.toolCalls().isEmpty()) {
            out.text(Dsml.BEFORE_CALLS);
            Dsml.writeCalls(assistant.toolCalls(), out);
        }
        if (!assistant.open()) {
            out.control(ControlTokens.END_OF_SENTENCE);
        }
    }

    private static void writeAnnouncements(List<ToolSpec> tools, String responseFormat, PromptWriter out) {
        if (!tools.isEmpty()) {
            out.text(Part.SEPARATOR);
            Dsml.writeTools(tools, out);
        }
        if (!responseFormat.isEmpty()) {
            out.text(Part.SEPARATOR);
            out.wording(RESPONSE_FORMAT);
            out.text(responseFormat);
        }
    }

    /** What stands between a message and what follows it (encoding.md 6, transition). */
    private static void writeTransition(Turns turns, int index, boolean thinking, PromptWriter out) {
        boolean last = index + 1 == turns.messages().size();
        if (!last
                && !(turns.messages().get(index + 1) instanceof Message.Assistant)
                && !(turns.messages().get(index + 1) instanceof Message.LatestReminder)) {
            return;
        }
        Message message = turns.messages().get(index);
        boolean question = message instanceof Message.User || message instanceof Message.Developer;
        switch (message.task()) {
            case ACTION -> {
                out.control(ControlTokens.ASSISTANT);
                out.control(thinking ? ControlTokens.THINK : ControlTokens.END_THINK);
                out.control(message.task().token());
            }
            case NONE -> {
                if (question) {
                    boolean reasons = thinking && (!turns.drop() || index >= turns.lastQuestion());
                    out.control(ControlTokens.ASSISTANT);
                    out.control(reasons ? ControlTokens.THINK : ControlTokens.END_THINK);
                }
            }
            default -> out.control(message.task().token());
        }
    }

    private static String joined(List<Part> parts) {
        List<String> texts = new ArrayList<>();
        for (Part part : parts) {
            texts.add(
                    switch (part) {
                        case Part.Text text -> text.text();
                        case Part.Unsupported unsupported -> "[Unsupported " + unsupported.type() + "]";
                        // One level: a result cannot hold a result.
                        case Part.ToolResult result -> "<tool_result>" + joined(result.content()) + "</tool_result>";
                    });
        }
        return String.join(Part.SEPARATOR, texts);
    }
}
