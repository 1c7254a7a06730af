package dev.hadal.chat;

/** A conversation that the model cannot be asked to answer. */
public final class ConversationException extends RuntimeException {
    private final int messageIndex;

    ConversationException(int messageIndex, String reason) {
        super(messageIndex < 0 ? "messages: " + reason : "messages[" + messageIndex + "]: " + reason);
        this.messageIndex = messageIndex;
    }

    /** The message at fault, counted from 0; -1 when it is the whole list. */
    public int messageIndex() {
        return messageIndex;
    }
}
