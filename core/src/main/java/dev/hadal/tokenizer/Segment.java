package dev.hadal.tokenizer;

/**
 * One item of a prompt (encoding.md 12). Untrusted text travels as {@link Text}, so that it can never become a control
 * token whatever it contains.
 */
public sealed interface Segment {
    /** The characters of this item as they appear in the prompt. */
    String text();

    /**
     * Ordinary text, in which added tokens are never recognised.
     *
     * @param text any string
     */
    record Text(String text) implements Segment {}

    /**
     * One added token.
     *
     * @param text the exact content of an added token of the tokenizer that encodes the prompt
     */
    record Control(String text) implements Segment {}
}
