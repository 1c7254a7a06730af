package dev.hadal.server.http;

import org.jspecify.annotations.Nullable;

/** The header {@code traceparent} of W3C Trace Context, which ties our log to the caller's. */
final class TraceParent {
    private static final int LENGTH = 55;

    private TraceParent() {}

    /** The value if it has the form of version 00, else null. */
    static @Nullable String valid(@Nullable String value) {
        if (value == null || value.length() != LENGTH || !value.startsWith("00-")) {
            return null;
        }
        for (int i = 0; i < LENGTH; i++) {
            char c = value.charAt(i);
            boolean dash = i == 2 || i == 35 || i == 52;
            if (dash ? c != '-' : "0123456789abcdef".indexOf(c) < 0) {
                return null;
            }
        }
        return value;
    }
}
