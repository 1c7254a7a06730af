package dev.hadal.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Reads a whole completion as the release's own parser does: exactly the format, or not at all
 * (encoding.md 13). Nothing is trimmed.
 */
public final class StrictParser {
    private static final String CALLS_START = Dsml.BEFORE_CALLS + Dsml.OPEN + Dsml.TOOL_CALLS;
    private static final String CALLS_END = Dsml.close(Dsml.TOOL_CALLS);
    private static final String INVOKE_START = Dsml.OPEN + Dsml.INVOKE;
    private static final String INVOKE_END = Dsml.CLOSE + Dsml.INVOKE;
    private static final String PARAMETER_START = Dsml.OPEN + Dsml.PARAMETER;
    private static final String PARAMETER_END = Dsml.CLOSE + Dsml.PARAMETER;
    private static final String TAG_END = ">\n";
    private static final String NAME_START = "name=\"";
    private static final String KEY_START = " name=\"";
    private static final List<String> NOT_IN_TEXT = List.of(
            ControlTokens.BEGIN_OF_SENTENCE,
            ControlTokens.END_OF_SENTENCE,
            ControlTokens.THINK,
            ControlTokens.END_THINK,
            ControlTokens.DSML);

    private final String text;
    private int at;
    /** Where the last reading began. */
    private int from;

    /** What ended the last reading; empty at the end of the text. */
    private String stop = "";

    private StrictParser(String text) {
        this.text = text;
    }

    /**
     * The message of a whole completion.
     *
     * @param completion what follows the generation prompt, control tokens as their contents
     * @param mode {@link ThinkingMode#THINKING} if it starts with reasoning
     * @param callIds gives the id of the call with an index
     * @throws CompletionFormatException if the completion is not exactly in the format
     */
    public static Message.Assistant parse(String completion, ThinkingMode mode, IntFunction<String> callIds) {
        return new StrictParser(completion).message(mode, callIds);
    }

    private Message.Assistant message(ThinkingMode mode, IntFunction<String> callIds) {
        String reasoning = "";
        if (mode == ThinkingMode.THINKING) {
            reasoning = readText(ControlTokens.END_THINK, CALLS_START);
            require(stop.equals(ControlTokens.END_THINK), "the reasoning is not closed by </think>");
        }
        String content = readText(ControlTokens.END_OF_SENTENCE, CALLS_START);
        require(!stop.isEmpty(), "the message is not closed by " + ControlTokens.END_OF_SENTENCE);
        List<ToolCall> calls = new ArrayList<>();
        if (stop.equals(CALLS_START)) {
            readCalls(calls, callIds);
            require(readUntil(ControlTokens.END_OF_SENTENCE).isEmpty(), "text follows the tool calls");
        }
        from = at;
        require(at == text.length(), "text follows " + ControlTokens.END_OF_SENTENCE);
        return new Message.Assistant(reasoning, content, calls);
    }

    private String readText(String firstStop, String secondStop) {
        String read = readUntil(firstStop, secondStop);
        for (String token : NOT_IN_TEXT) {
            int found = read.indexOf(token);
            if (found >= 0) {
                throw new CompletionFormatException(from + found, token + " stands in the text");
            }
        }
        return read;
    }

    private void readCalls(List<ToolCall> calls, IntFunction<String> callIds) {
        requireTagEnd(INVOKE_START, CALLS_END);
        while (stop.equals(INVOKE_START)) {
            String name = toolName(readUntil(PARAMETER_START, INVOKE_END));
            Map<String, String> arguments = new LinkedHashMap<>();
            while (stop.equals(PARAMETER_START)) {
                readArgument(arguments);
                requireTagEnd(PARAMETER_START, INVOKE_END);
            }
            require(stop.equals(INVOKE_END), "the call of \"" + name + "\" is not closed");
            List<String> members = new ArrayList<>();
            arguments.forEach((key, json) -> members.add(PythonJson.quote(key) + ": " + json));
            calls.add(new ToolCall(callIds.apply(calls.size()), name, "{" + String.join(", ", members) + "}"));
            requireTagEnd(INVOKE_START, CALLS_END);
        }
        require(stop.equals(CALLS_END), "the tool calls are not closed");
    }

    private void requireTagEnd(String firstStop, String secondStop) {
        require(readUntil(firstStop, secondStop).equals(TAG_END), "a tag does not end with \">\" and a line break");
    }

    /** The name in what stands between a call's tag and the next; without arguments a blank line follows it. */
    private String toolName(String header) {
        String stripped = header.stripLeading();
        int end = stripped.indexOf(Dsml.NAME_END);
        require(
                stripped.startsWith(NAME_START) && end >= NAME_START.length(),
                "a call's tag does not read name=\"...\">");
        String behind = stripped.substring(end + Dsml.NAME_END.length());
        require(behind.equals("\n") || behind.equals("\n\n"), "no line break follows the name of a call");
        return stripped.substring(NAME_START.length(), end);
    }

    private void readArgument(Map<String, String> arguments) {
        String argument = readUntil(PARAMETER_END);
        require(!stop.isEmpty(), "an argument is not closed");
        int end = argument.indexOf(Dsml.NAME_END);
        boolean bare = end >= 0 && argument.startsWith(Dsml.keyEnd(true), keyEndAt(end, true));
        boolean json = end >= 0 && argument.startsWith(Dsml.keyEnd(false), keyEndAt(end, false));
        int keyEnd = keyEndAt(end, bare);
        require(
                argument.startsWith(KEY_START) && (bare || json) && keyEnd >= KEY_START.length(),
                "an argument's tag does not read name=\"...\" string=\"true|false\">");
        String key = argument.substring(KEY_START.length(), keyEnd);
        String value = argument.substring(end + Dsml.NAME_END.length());
        require(!arguments.containsKey(key), "the argument \"" + key + "\" is given twice");
        arguments.put(key, bare ? PythonJson.quote(value) : value);
    }

    /** Where the text after a key starts if that text ends with the tag. */
    private static int keyEndAt(int tagEnd, boolean string) {
        return tagEnd + Dsml.NAME_END.length() - Dsml.keyEnd(string).length();
    }

    /** Reads up to the nearest of {@code stops} and over it; one pass, so that many tags stay linear. */
    private String readUntil(String... stops) {
        from = at;
        for (int next = from; next < text.length(); next++) {
            for (String candidate : stops) {
                if (text.startsWith(candidate, next)) {
                    stop = candidate;
                    at = next + candidate.length();
                    return text.substring(from, next);
                }
            }
        }
        stop = "";
        at = text.length();
        return text.substring(from);
    }

    private void require(boolean condition, String reason) {
        if (!condition) {
            throw new CompletionFormatException(from, reason);
        }
    }
}
