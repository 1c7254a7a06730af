package dev.hadal.server.auth;

/** What a key may be used for. */
public enum Right {
    /** Asking models and listing them. */
    INFERENCE,
    /** Reading the metrics. */
    METRICS
}
