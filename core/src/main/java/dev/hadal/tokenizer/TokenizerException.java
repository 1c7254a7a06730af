package dev.hadal.tokenizer;

/** A tokenizer file that cannot be used, or ids and segments that do not belong to the tokenizer they were given to. */
public final class TokenizerException extends RuntimeException {
    /**
     * An error found by the tokenizer itself.
     *
     * @param message what is wrong, where (file and key, or id), and what to do
     */
    public TokenizerException(String message) {
        super(message);
    }

    /**
     * An error found while reading the file.
     *
     * @param message what is wrong, where, and what to do
     * @param cause the failure below
     */
    public TokenizerException(String message, Throwable cause) {
        super(message, cause);
    }
}
