package dev.hadal.chat;

/** A request body that cannot be understood. */
public final class ChatRequestException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String path;

    ChatRequestException(String path, String reason) {
        super(path.isEmpty() ? reason : path + ": " + reason);
        this.path = path;
    }

    /** The field at fault, such as {@code messages[2].content}; empty if it is the whole body. */
    public String path() {
        return path;
    }
}
