package dev.hadal;

import dev.hadal.chat.FinishReason;
import dev.hadal.tokenizer.Tokenizer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the ids of one answer are understood.
 *
 * @param tokenizer whose ids they are
 * @param format what their text means
 * @param endings what ids other than the end-of-sentence token mean when they end it
 * @param memory where it is remembered; null if it is not
 */
record Answering(
        Tokenizer tokenizer,
        AnswerFormat format,
        Map<Integer, FinishReason> endings,
        AnswerMemory.@Nullable Entry memory) {}
