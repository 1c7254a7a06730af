package dev.hadal.chat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads requests as clients send them. Unknown fields are ignored; a wrong type or an unknown word is
 * refused with the path of the field.
 */
public final class ChatRequestReader {
    private enum Thinking {
        ENABLED,
        DISABLED
    }

    private enum Format {
        TEXT,
        JSON_OBJECT
    }

    private ChatRequestReader() {}

    /**
     * A body of OpenAI's Chat Completions as the hosted service understands it (api.md 3, 4):
     * thinking and effort high are the defaults, effort {@code none} and thinking disabled win over
     * everything. Besides, OpenAI's {@code developer} role is a system message.
     *
     * @param utf8 the JSON text
     * @param rules what the named efforts mean
     * @throws ChatRequestException naming the field at fault
     */
    public static ChatRequest chatCompletions(byte[] utf8, EffortRules rules) {
        return chatCompletions(Field.body(utf8), rules);
    }

    /** As {@link #chatCompletions(byte[], EffortRules)}, from a body whose other fields the caller reads as well. */
    public static ChatRequest chatCompletions(Field body, EffortRules rules) {
        List<Message> messages =
                new MessageReader(MessageReader.Dialect.CHAT_COMPLETIONS).messages(requiredMessages(body));
        refuseEarlyPrefix(messages);
        Conversation conversation = new Conversation(messages, tools(body.get("tools")), 0);

        RequestedEffort effort = effort(body);
        Thinking thinking = Thinking.ENABLED;
        if (!body.get("thinking").absent()) {
            thinking = body.get("thinking").object().get("type").constant(Thinking.class, Thinking.ENABLED);
        }
        boolean thinks = thinking == Thinking.ENABLED && effort != RequestedEffort.NONE;
        EncodingOptions options = EncodingOptions.of(thinks ? ThinkingMode.THINKING : ThinkingMode.CHAT)
                .withRules(rules)
                .withEffort(effort.under(rules));
        Format format = Format.TEXT;
        if (!body.get("response_format").absent()) {
            format = body.get("response_format").object().get("type").constant(Format.class, Format.TEXT);
        }
        return new ChatRequest(conversation, options, format == Format.JSON_OBJECT);
    }

    /**
     * The arguments of the release's encoder: {@code messages}, {@code thinking_mode},
     * {@code options} ({@code context}, {@code drop_thinking}, {@code add_default_bos_token},
     * {@code reasoning_effort}) and {@code rules}.
     *
     * @param json the JSON text of one object
     * @param rules used if the object names none
     * @throws ChatRequestException naming the field at fault
     */
    public static ChatRequest encoderCall(String json, EffortRules rules) {
        Field body = Field.body(json.getBytes(StandardCharsets.UTF_8));
        Field options = body.get("options").present().map(Field::object).orElse(body.get("options"));
        MessageReader reader = new MessageReader(MessageReader.Dialect.ENCODER);
        List<Message> messages = new ArrayList<>(reader.messages(options.get("context")));
        int encoded = messages.size();
        messages.addAll(reader.messages(requiredMessages(body)));
        ThinkingMode mode = body.get("thinking_mode").constant(ThinkingMode.class, ThinkingMode.THINKING);
        EncodingOptions encoding = EncodingOptions.of(mode)
                .withRules(rules(body.get("rules"), rules))
                .withEffort(options.get("reasoning_effort").constant(ReasoningEffort.class, ReasoningEffort.NONE))
                .withDropThinking(options.get("drop_thinking").bool(true))
                .withBeginOfSentence(options.get("add_default_bos_token").bool(true));
        Conversation conversation = new Conversation(messages, MessageReader.tools(body.get("tools")), encoded);
        return new ChatRequest(conversation, encoding, false);
    }

    /** The tools of a request in the form of OpenAI's Chat Completions. */
    public static List<ToolSpec> tools(Field list) {
        return MessageReader.tools(list);
    }

    private static Field requiredMessages(Field body) {
        Field messages = body.get("messages");
        if (messages.absent() || messages.elements().isEmpty()) {
            throw messages.refused("is required and must be an array of at least one message");
        }
        return messages;
    }

    private static void refuseEarlyPrefix(List<Message> messages) {
        for (int index = 0; index < messages.size() - 1; index++) {
            if (messages.get(index) instanceof Message.Assistant assistant && assistant.open()) {
                throw new ChatRequestException(
                        "messages[" + index + "].prefix", "only the last message can be a prefix to continue");
            }
        }
    }

    /** Top level on the wire; some documents show it inside {@code thinking}. */
    private static RequestedEffort effort(Field body) {
        Field nested = body.get("thinking").get("reasoning_effort");
        Field effort = body.get("reasoning_effort").present().orElse(nested);
        return effort.constant(RequestedEffort.class, RequestedEffort.HIGH);
    }

    private static EffortRules rules(Field named, EffortRules otherwise) {
        if (named.absent()) {
            return otherwise;
        }
        try {
            return EffortRules.of(named.string());
        } catch (IllegalArgumentException _) {
            throw named.unknown(named.string(), List.of("preview", "ga", "v4-preview-2026-04", "v4-ga-2026-07-31"));
        }
    }
}
