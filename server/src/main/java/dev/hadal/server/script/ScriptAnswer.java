package dev.hadal.server.script;

import dev.hadal.chat.Message;
import dev.hadal.chat.PromptEncoder;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.chat.ToolCall;
import dev.hadal.tokenizer.Segment;
import dev.hadal.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a rule answers.
 *
 * @param reasoning said first where the prompt asks for reasoning
 * @param text the visible answer
 * @param calls tool calls at its end
 * @param raw the completion exactly as sampled, the spelling of control tokens being control tokens; instead of all of
 *     the above if it is not empty
 * @param cutOff whether it ends as if the limit of tokens had been reached
 */
record ScriptAnswer(String reasoning, String text, List<ScriptCall> calls, String raw, boolean cutOff) {
    /** Copies the calls. */
    ScriptAnswer {
        calls = List.copyOf(calls);
    }

    /** An answer of one text. */
    static ScriptAnswer of(String text) {
        return new ScriptAnswer("", text, List.of(), "", false);
    }

    /** The ids of the whole completion, in the tokens that the tokenizer would choose, without what ends it. */
    int[] ids(ScriptQuestion question, ScriptGroups groups, Tokenizer tokenizer, PromptEncoder encoder) {
        if (!raw.isEmpty()) {
            return tokenizer.encode(groups.fill(raw), Tokenizer.Mode.PARSE);
        }
        Message.Assistant message = message(question.tools(), groups);
        List<Segment> segments = switch (question.form()) {
            case THINKING -> encoder.answer(message, ThinkingMode.THINKING);
            case CHAT -> encoder.answer(message, ThinkingMode.CHAT);
            case RAW -> List.of(new Segment.Text(message.content()));
        };
        int end = question.form() == ScriptQuestion.Form.RAW ? segments.size() : segments.size() - 1;
        return tokenizer.encode(segments.subList(0, end));
    }

    private Message.Assistant message(Set<String> tools, ScriptGroups groups) {
        List<ToolCall> made = new ArrayList<>();
        StringBuilder content = new StringBuilder(groups.fill(text));
        for (ScriptCall call : calls) {
            call.chosen(tools)
                    .ifPresentOrElse(
                            candidate ->
                                    made.add(new ToolCall("", candidate.tool(), candidate.filledArguments(groups))),
                            () -> content.append(nothingOnOffer(call)));
        }
        return new Message.Assistant(groups.fill(reasoning), content.toString(), made);
    }

    /** Better seen in the answer than looked for in a log. */
    private static String nothingOnOffer(ScriptCall call) {
        List<String> names =
                call.candidates().stream().map(ScriptCall.Candidate::tool).toList();
        return "[The script wants to call " + String.join(" or ", names) + ", but the request offers no such tool.]";
    }
}
