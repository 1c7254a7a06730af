package dev.hadal.server.script;

import java.util.List;

/** What is answered to what; made by {@link ScriptReader}. */
public final class Script {
    private final int contextTokens;
    private final List<ScriptRule> rules;

    Script(int contextTokens, List<ScriptRule> rules) {
        this.contextTokens = contextTokens;
        this.rules = List.copyOf(rules);
    }

    /** Most tokens of a prompt and its answer together. */
    public int contextTokens() {
        return contextTokens;
    }

    /** How many rules there are. */
    public int size() {
        return rules.size();
    }

    /** The first that applies answers. */
    List<ScriptRule> rules() {
        return rules;
    }
}
