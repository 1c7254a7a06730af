package dev.hadal.chat;

/** A completion that the reference parser rejects. */
public final class CompletionFormatException extends RuntimeException {
    private final int offset;

    CompletionFormatException(int offset, String reason) {
        super("at character " + offset + " of the completion: " + reason);
        this.offset = offset;
    }

    /** Where, in characters from the start of the completion. */
    public int offset() {
        return offset;
    }
}
