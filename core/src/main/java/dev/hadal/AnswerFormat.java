package dev.hadal;

import dev.hadal.chat.CompletionParser;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.chat.ToolSpec;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What sampled text means.
 *
 * @param mode whether it starts with reasoning; null if it is a raw text in which nothing has a meaning
 * @param tools what the model could call
 * @param toolCallIds gives the id of the call with an index
 * @param stop texts that end the answer
 */
record AnswerFormat(
        @Nullable ThinkingMode mode, List<ToolSpec> tools, IntFunction<String> toolCallIds, List<String> stop) {
    /** A text without structure. */
    static AnswerFormat raw(List<String> stop) {
        return new AnswerFormat(null, List.of(), index -> "", stop);
    }

    /** The same for a reader that only decides where the answer ends. */
    AnswerFormat withoutCallIds() {
        return new AnswerFormat(mode, tools, index -> "", stop);
    }

    /** A parser at the start of the text; null if the text is raw. */
    @Nullable
    CompletionParser parser() {
        return mode == null ? null : new CompletionParser(mode, tools, toolCallIds);
    }
}
