package dev.hadal.chat;

/** Whether the model reasons before it answers (encoding.md 4). */
public enum ThinkingMode {
    /** The prompt ends with a closed reasoning part; the completion is the answer. */
    CHAT,
    /** The prompt ends with an open reasoning part; the completion starts with reasoning. */
    THINKING
}
