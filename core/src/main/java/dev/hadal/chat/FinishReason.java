package dev.hadal.chat;

/** Why a completion ended. */
public enum FinishReason {
    /** The model was done, or a stop text came. */
    STOP,
    /** The limit of tokens was reached. */
    LENGTH,
    /** The model waits for the results of its tool calls. */
    TOOL_CALLS,
    /** The caller lost interest. */
    CANCELLED,
    /** The time limit of the call was reached. */
    DEADLINE
}
