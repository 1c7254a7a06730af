package dev.hadal.server.script;

import java.util.Set;

/**
 * What a prompt asks, as far as rules can see it.
 *
 * @param userText what the user says in the last turn; for raw completions the text before what is wanted
 * @param toolText the results of tools in the last turn, joined with line breaks; empty if there are none
 * @param afterTool whether the last turn holds results of tools
 * @param turn which answer of the conversation this is, from 1; 0 for raw completions
 * @param tools the names of the tools on offer
 * @param form what may be answered
 */
record ScriptQuestion(String userText, String toolText, boolean afterTool, int turn, Set<String> tools, Form form) {
    /** Copies the names. */
    ScriptQuestion {
        tools = Set.copyOf(tools);
    }

    /** What may be answered. */
    enum Form {
        /** Reasoning first. */
        THINKING,
        /** The answer at once. */
        CHAT,
        /** Nothing but text. */
        RAW
    }
}
