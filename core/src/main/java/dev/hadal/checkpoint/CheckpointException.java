package dev.hadal.checkpoint;

/** A model file cannot be used. The message says which file, what is wrong with it and what to do. */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String file;

    /**
     * The message reads {@code file: problem. remedy}.
     *
     * @param file path or name of the offending file
     * @param problem what is wrong, naming tensor, key or offset; no trailing dot
     * @param remedy what to do about it, one sentence
     */
    public CheckpointException(String file, String problem, String remedy) {
        super(file + ": " + problem + ". " + remedy);
        this.file = file;
    }

    /** As above, with the failure underneath. */
    public CheckpointException(String file, String problem, String remedy, Throwable cause) {
        super(file + ": " + problem + ". " + remedy, cause);
        this.file = file;
    }

    /** The offending file, as in the message. */
    public String file() {
        return file;
    }
}
