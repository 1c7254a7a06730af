package dev.hadal.server.script;

import org.jspecify.annotations.Nullable;

/**
 * One rule of a script.
 *
 * @param name what messages call it, such as {@code rules[2]}
 * @param when to what it applies
 * @param answer what is answered
 * @param pace how fast
 * @param fault what goes wrong; null if nothing does
 */
record ScriptRule(
        String name,
        ScriptCondition when,
        ScriptAnswer answer,
        ScriptPace pace,
        @Nullable ScriptFault fault) {}
