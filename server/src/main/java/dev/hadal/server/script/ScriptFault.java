package dev.hadal.server.script;

import java.time.Duration;

/**
 * What goes wrong in an answer.
 *
 * @param kind how
 * @param after tokens of the answer that come before it
 * @param length how long a stall lasts
 */
record ScriptFault(Kind kind, int after, Duration length) {
    /** How an answer goes wrong. */
    enum Kind {
        /** The computation throws. */
        EXCEPTION,
        /** The computation gives no numbers. */
        NAN,
        /** The computation, and with it everything that is computed together, stands still for a while. */
        STALL
    }
}
