package dev.hadal;

import dev.hadal.chat.Conversation;
import dev.hadal.chat.Message;
import dev.hadal.chat.ToolCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The reasoning that led to tool calls, by the id of each call, for clients that send the calls back without it
 * (encoding.md 14). Of an id, letters and digits count: clients rewrite the rest. The least recently used are forgotten
 * when there is too much. Safe for use by several threads.
 */
final class ReasoningMemory {
    /** A namespace cannot run into an id: ids are reduced to letters and digits. */
    private static final char SEPARATOR = '\n';

    /** What a text takes beside its characters: heads of strings, entry, its place in the table. */
    static final int ENTRY_BYTES = 256;

    private final long maxBytes;
    private final Map<String, String> reasoning = new LinkedHashMap<>(16, 0.75f, true);
    private long bytesHeld;

    /** A memory of at most so many bytes, a text counting once for each call that it led to. */
    ReasoningMemory(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Remembers what led to the calls of a message. */
    void remember(String namespace, Message.Assistant message) {
        for (ToolCall call : message.toolCalls()) {
            String key = key(namespace, call.id());
            if (key.length() == namespace.length() + 1) {
                continue; // nothing to find it by
            }
            synchronized (reasoning) {
                String before = reasoning.put(key, message.reasoning());
                bytesHeld += bytes(key, message.reasoning()) - (before == null ? 0 : bytes(key, before));
                var oldest = reasoning.entrySet().iterator();
                while (bytesHeld > maxBytes && oldest.hasNext()) {
                    var forgotten = oldest.next();
                    bytesHeld -= bytes(forgotten.getKey(), forgotten.getValue());
                    oldest.remove();
                }
            }
        }
    }

    private static long bytes(String key, String text) {
        // Whatever is not Latin takes two bytes a character.
        return ENTRY_BYTES + Character.BYTES * ((long) key.length() + text.length());
    }

    /** The conversation with what it lacks and is remembered. */
    Conversation restore(String namespace, Conversation conversation) {
        List<Message> messages = new ArrayList<>();
        for (Message message : conversation.messages()) {
            messages.add(message instanceof Message.Assistant assistant ? restore(namespace, assistant) : message);
        }
        return new Conversation(messages, conversation.tools(), conversation.encoded());
    }

    private Message.Assistant restore(String namespace, Message.Assistant message) {
        if (!message.reasoning().isEmpty()) {
            return message;
        }
        for (ToolCall call : message.toolCalls()) {
            synchronized (reasoning) {
                String known = reasoning.get(key(namespace, call.id()));
                if (known != null) {
                    return new Message.Assistant(
                            known, message.content(), message.toolCalls(), message.task(), message.open());
                }
            }
        }
        return message;
    }

    private static String key(String namespace, String callId) {
        StringBuilder key = new StringBuilder(namespace).append(SEPARATOR);
        callId.codePoints().filter(Character::isLetterOrDigit).forEach(key::appendCodePoint);
        return key.toString();
    }
}
