package dev.hadal.engine;

/** Why a generation ended without a fault. */
public enum EndReason {
    /** A stop id was chosen. */
    STOP_ID,
    /** The {@link StopRule} said so. */
    STOP_RULE,
    /** The limit of tokens, or the context, is full. */
    LENGTH,
    /** It was cancelled. */
    CANCELLED,
    /** Its deadline passed. */
    DEADLINE,
    /** The engine was closed. */
    SHUT_DOWN
}
