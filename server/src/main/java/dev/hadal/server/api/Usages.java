package dev.hadal.server.api;

import dev.hadal.chat.Usage;
import java.util.List;

/** Counts tokens of several answers together. */
public final class Usages {
    private Usages() {}

    /** The usage of several answers to one prompt, which is counted once. */
    public static Usage sum(List<Usage> answers) {
        Usage first = answers.getFirst();
        int completion = 0;
        int reasoning = 0;
        for (Usage usage : answers) {
            completion += usage.completionTokens();
            reasoning += usage.reasoningTokens();
        }
        return new Usage(first.promptTokens(), completion, reasoning, first.reusedTokens());
    }
}
