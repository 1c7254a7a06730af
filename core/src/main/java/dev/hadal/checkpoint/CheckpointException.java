package dev.hadal.checkpoint;

/** A model file cannot be used. The message says which file, what is wrong with it and what to do. */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private static final int MAX_PROBLEM_LENGTH = 600;

    private final String file;

    /**
     * The message reads {@code file: problem. remedy}.
     *
     * @param file path or name of the offending file
     * @param problem what is wrong, naming tensor, key or offset; no trailing dot
     * @param remedy what to do about it, one sentence
     */
    public CheckpointException(String file, String problem, String remedy) {
        super(message(file, problem, remedy));
        this.file = file;
    }

    /** As above, with the failure underneath. */
    public CheckpointException(String file, String problem, String remedy, Throwable cause) {
        super(message(file, problem, remedy), cause);
        this.file = file;
    }

    /** Problems quote the file, and a stranger's file must neither flood nor steer a terminal. */
    private static String message(String file, String problem, String remedy) {
        String quoted =
                problem.length() <= MAX_PROBLEM_LENGTH ? problem : problem.substring(0, MAX_PROBLEM_LENGTH) + "...";
        StringBuilder message = new StringBuilder(file + ": " + quoted + ". " + remedy);
        for (int i = 0; i < message.length(); i++) {
            if (Character.isISOControl(message.charAt(i))) {
                message.setCharAt(i, '?');
            }
        }
        return message.toString();
    }

    /** The offending file, as in the message. */
    public String file() {
        return file;
    }
}
