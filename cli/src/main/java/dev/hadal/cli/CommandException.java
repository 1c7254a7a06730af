package dev.hadal.cli;

/** The command was called rightly and cannot be carried out; the message is shown as it is. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CommandException(String message) {
        super(message);
    }

    CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
