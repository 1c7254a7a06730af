package dev.hadal.server.script;

import dev.hadal.chat.ControlTokens;
import dev.hadal.server.script.ScriptQuestion.Form;
import dev.hadal.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads rendered prompts back (encoding.md 5 to 11), as the model sees nothing else. */
final class ScriptedPrompt {
    private static final String SCHEMAS = "### Available Tool Schemas\n\n";
    private static final String RESULT = "<tool_result>";
    private static final String RESULT_END = "</tool_result>";

    private final Tokenizer tokenizer;
    private final JsonMapper json = JsonMapper.shared();
    private final int user;
    private final int assistant;
    private final int think;
    private final int endOfThinking;
    private final int endOfSentence;
    private final int fimBegin;
    private final int fimHole;
    private final int fimEnd;

    /**
     * A question, and where its answer begins.
     *
     * @param start index of the first id of the answer; for a text that is only to be continued, where the text begins,
     *     as nothing separates the two
     */
    record Reading(ScriptQuestion question, int start) {}

    ScriptedPrompt(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.user = control(tokenizer, ControlTokens.USER);
        this.assistant = control(tokenizer, ControlTokens.ASSISTANT);
        this.think = control(tokenizer, ControlTokens.THINK);
        this.endOfThinking = control(tokenizer, ControlTokens.END_THINK);
        this.endOfSentence = control(tokenizer, ControlTokens.END_OF_SENTENCE);
        this.fimBegin = control(tokenizer, ControlTokens.FIM_BEGIN);
        this.fimHole = control(tokenizer, ControlTokens.FIM_HOLE);
        this.fimEnd = control(tokenizer, ControlTokens.FIM_END);
    }

    private static int control(Tokenizer tokenizer, String token) {
        return tokenizer
                .controlId(token)
                .orElseThrow(() -> new IllegalArgumentException(
                        "the tokenizer has no token " + token + "; take that of a DeepSeek-V4"));
    }

    /** The id that ends reasoning. */
    int endOfThinking() {
        return endOfThinking;
    }

    /** The id that ends an answer. */
    int endOfSentence() {
        return endOfSentence;
    }

    /** Reads a sequence: a prompt, and what has been sampled after it. */
    Reading read(int[] ids) {
        for (int at = ids.length - 1; at >= 0 && ids[at] != endOfSentence; at--) {
            if (ids[at] == fimEnd) {
                return fillInTheMiddle(ids, at);
            }
            if (ids[at] == assistant && at + 1 < ids.length) {
                return chat(ids, at);
            }
        }
        String text = tokenizer.decode(Arrays.copyOfRange(ids, Math.min(1, ids.length), ids.length));
        return new Reading(raw(text), Math.min(1, ids.length));
    }

    private Reading fillInTheMiddle(int[] ids, int end) {
        int hole = lastBefore(ids, end, fimHole);
        int begin = lastBefore(ids, Math.max(hole, 0), fimBegin);
        String before = tokenizer.decode(Arrays.copyOfRange(ids, begin + 1, Math.max(hole, begin + 1)));
        return new Reading(raw(before), end + 1);
    }

    private static ScriptQuestion raw(String text) {
        return new ScriptQuestion(text, "", false, 0, Set.of(), Form.RAW);
    }

    private Reading chat(int[] ids, int opener) {
        int question = lastBefore(ids, opener, user);
        String body = tokenizer.decode(Arrays.copyOfRange(ids, question + 1, opener));
        StringBuilder said = new StringBuilder();
        StringBuilder results = new StringBuilder();
        boolean afterTool = split(body, said, results);
        int turn = (int)
                Arrays.stream(ids, 0, opener + 1).filter(id -> id == assistant).count();
        Form form = ids[opener + 1] == think ? Form.THINKING : Form.CHAT;
        return new Reading(
                new ScriptQuestion(said.toString(), results.toString(), afterTool, turn, tools(ids), form), opener + 2);
    }

    private static int lastBefore(int[] ids, int end, int id) {
        int at = end - 1;
        while (at >= 0 && ids[at] != id) {
            at--;
        }
        return at;
    }

    /** Parts a turn into words of the user and results of tools; whether there are such results. */
    private static boolean split(String body, StringBuilder said, StringBuilder results) {
        boolean found = false;
        int from = 0;
        int open = body.indexOf(RESULT);
        while (open >= 0) {
            int close = body.indexOf(RESULT_END, open);
            if (close < 0) {
                break;
            }
            said.append(body, from, open);
            results.append(found ? "\n" : "").append(body, open + RESULT.length(), close);
            found = true;
            from = close + RESULT_END.length();
            open = body.indexOf(RESULT, from);
        }
        said.append(body.substring(from));
        String text = found ? said.toString().strip() : said.toString();
        said.setLength(0);
        said.append(text);
        return found;
    }

    /** The tools that the first system message announces, one JSON object each line. */
    private Set<String> tools(int[] ids) {
        int firstTurn = 0;
        while (firstTurn < ids.length && ids[firstTurn] != user) {
            firstTurn++;
        }
        String system = tokenizer.decode(Arrays.copyOf(ids, firstTurn));
        int schemas = system.lastIndexOf(SCHEMAS);
        Set<String> names = new HashSet<>();
        if (schemas >= 0) {
            system.substring(schemas + SCHEMAS.length())
                    .lines()
                    .takeWhile(line -> line.startsWith("{"))
                    .forEach(line -> addName(line, names));
        }
        return names;
    }

    private void addName(String line, Set<String> names) {
        try {
            JsonNode name = json.readTree(line).path("name");
            if (name.isString()) {
                names.add(name.stringValue());
            }
        } catch (JacksonException _) {
            // What looks like a tool and is none offers nothing.
        }
    }
}
