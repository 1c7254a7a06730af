package dev.hadal.cli;

/** Nobody reads the output any more, as after {@code | head}: a reason to end, not an error. */
final class ClosedOutputException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ClosedOutputException(Throwable cause) {
        super("the output was closed", cause);
    }
}
