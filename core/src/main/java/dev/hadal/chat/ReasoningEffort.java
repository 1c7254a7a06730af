package dev.hadal.chat;

/** How hard the model is asked to think; only read in thinking mode (encoding.md 7). */
public enum ReasoningEffort {
    /** No request. */
    NONE,
    /** The same prompt as {@link #NONE}. */
    LOW,
    /** What the hosted service asks for by default. */
    HIGH,
    /** The most; wants at least 384K tokens of context. */
    MAX
}
