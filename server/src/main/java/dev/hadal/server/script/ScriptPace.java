package dev.hadal.server.script;

import java.time.Duration;

/**
 * How fast an answer comes.
 *
 * @param firstToken from the last token of the prompt to the first of the answer
 * @param token from one token of the answer to the next
 */
record ScriptPace(Duration firstToken, Duration token) {
    /** As fast as it goes. */
    static final ScriptPace UNPACED = new ScriptPace(Duration.ZERO, Duration.ZERO);
}
