package dev.hadal;

/** A prompt does not fit the model's context; nothing has been computed. */
public final class ContextOverflowException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int promptTokens;
    private final int context;

    ContextOverflowException(int promptTokens, int context) {
        super("the prompt is " + promptTokens + " tokens long, the model's context is " + context
                + " and must leave room for an answer; shorten the conversation");
        this.promptTokens = promptTokens;
        this.context = context;
    }

    /** Length of the prompt. */
    public int promptTokens() {
        return promptTokens;
    }

    /** Most tokens of a prompt and its answer together. */
    public int context() {
        return context;
    }
}
