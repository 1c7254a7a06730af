package dev.hadal.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The recoveries of encoding.md 13.2, and what a stream may show. */
class CompletionParserTest {
    private static final String CALL = """
            <｜DSML｜invoke name="f">
            <｜DSML｜parameter name="a" string="true">x</｜DSML｜parameter>
            </｜DSML｜invoke>""";
    private static final String BLOCK = "<｜DSML｜tool_calls>\n" + CALL + "\n</｜DSML｜tool_calls>";
    private static final ToolCall F_OF_X = new ToolCall("call_0", "f", "{\"a\": \"x\"}");
    private static final ToolSpec TYPED = ToolSpec.function("""
            {"name": "f", "parameters": {"type": "object", "properties":
             {"s": {"type": "string"}, "n": {"type": "integer"}, "u": {"type": ["string", "null"]}}}}""");

    @Test
    void endsReasoningWhereTheToolBlockStarts() {
        assertThat(thinking("hm\n\n" + BLOCK)).isEqualTo(new Message.Assistant("hm", "", List.of(F_OF_X)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\n\n"})
    void leavesUpToTwoLineBreaksBeforeTheBlockToIt(String breaks) {
        assertThat(chat("a\n" + breaks + BLOCK).content())
                .isEqualTo(breaks.isEmpty() ? "a" : "a" + breaks.substring(1));
    }

    @Test
    void acceptsAnInvokeWithoutTheWrapper() {
        assertThat(chat("a\n\n" + CALL + "\n")).isEqualTo(new Message.Assistant("", "a", List.of(F_OF_X)));
        assertThat(thinking("r\n\n" + CALL)).isEqualTo(new Message.Assistant("r", "", List.of(F_OF_X)));
    }

    @Test
    void acceptsSeveralInvokesWithoutTheWrapper() {
        assertThat(chat(CALL + "\n" + CALL).toolCalls())
                .containsExactly(F_OF_X, new ToolCall("call_1", "f", F_OF_X.arguments()));
    }

    @Test
    void skipsAnEmptyBlockAndKeepsTheTextBehindIt() {
        assertThat(chat("a\n\n<｜DSML｜tool_calls>\n</｜DSML｜tool_calls> b"))
                .isEqualTo(new Message.Assistant("", "a b", List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"</｜DSML｜parameter>", "</｜DSML｜invoke>", "</｜DSML｜tool_calls>", "</｜DSML｜invoke >"})
    void swallowsStrayClosers(String closer) {
        assertThat(chat("a" + closer + "b").content()).isEqualTo("ab");
        assertThat(thinking("a" + closer + "b</think>c")).isEqualTo(new Message.Assistant("ab", "c", List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<｜DSML｜tool_calls><｜DSML｜invoke name=\"f\"><｜DSML｜parameter name=\"a\" string=\"true\">x"
                        + "</｜DSML｜parameter></｜DSML｜invoke></｜DSML｜tool_calls>",
                "<｜DSML｜tool_calls>\n\n\n<｜DSML｜invoke  name = \"f\" >\n <｜DSML｜parameter   name=\"a\"  string=\"true\" >x"
                        + "</｜DSML｜parameter>\n </｜DSML｜invoke >\n</｜DSML｜tool_calls >",
                "<｜DSML｜ tool_calls>\n<｜DSML｜ invoke name=\"f\">\n<｜DSML｜ parameter string=\"true\" name=\"a\">x"
                        + "</｜DSML｜parameter>\n</｜DSML｜ invoke>\n</｜DSML｜ tool_calls>",
                "<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"f\">\n<｜DSML｜parameter name=\"a\" string=\"true\">x"
                        + "</｜DSML｜parameter>\n</｜DSML｜tool_calls>"
            })
    void acceptsTagsThatAreNearlyRight(String block) {
        assertThat(chat("\n\n" + block)).isEqualTo(new Message.Assistant("", "", List.of(F_OF_X)));
    }

    @Test
    void asksTheSchemaWhenAnArgumentDoesNotSayItsType() {
        assertThat(untyped("s", "5")).isEqualTo("{\"s\": \"5\"}");
        assertThat(untyped("n", "5")).isEqualTo("{\"n\": 5}");
        assertThat(untyped("n", "five")).isEqualTo("{\"n\": \"five\"}");
    }

    @Test
    void takesAnUntypedArgumentForJsonIfItIs() {
        assertThat(untyped("u", "[1, 2]")).isEqualTo("{\"u\": [1, 2]}");
        assertThat(untyped("other", "null")).isEqualTo("{\"other\": null}");
        assertThat(untyped("other", "two words")).isEqualTo("{\"other\": \"two words\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "tru", "1 2", "[1,]", "NaN", "'a'"})
    void returnsInvalidJsonAsAString(String value) {
        assertThat(argument(" name=\"a\" string=\"false\"", value))
                .isEqualTo("{\"a\": " + PythonJson.quote(value) + "}");
    }

    @Test
    void returnsTooDeepJsonAsAString() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        assertThat(argument(" name=\"a\" string=\"false\"", deep)).isEqualTo("{\"a\": \"" + deep + "\"}");
    }

    @Test
    void keepsAStringThatTheSchemaWantsOtherwise() {
        assertThat(argument(" name=\"n\" string=\"true\"", "5")).isEqualTo("{\"n\": \"5\"}");
    }

    @Test
    void letsTheLastOfTwoEqualParametersWin() {
        String twice = """
                <｜DSML｜invoke name="f">
                <｜DSML｜parameter name="a" string="false">1.50</｜DSML｜parameter>
                <｜DSML｜parameter name="b" string="false">2</｜DSML｜parameter>
                <｜DSML｜parameter name="a" string="false">3</｜DSML｜parameter>
                </｜DSML｜invoke>""";
        assertThat(chat(twice).toolCalls()).containsExactly(new ToolCall("call_0", "f", "{\"a\": 3, \"b\": 2}"));
        assertThat(events(twice)).contains(new ChatEvent.ToolCallArguments(0, "{\"a\": 1.50, \"b\": 2, \"a\": 3}"));
    }

    @Test
    void returnsUnknownTools() {
        String block = BLOCK.replace("\"f\"", "\"no such tool\"");
        assertThat(CompletionParser.parse(block, ThinkingMode.CHAT, List.of(TYPED), index -> "id")
                        .toolCalls())
                .containsExactly(new ToolCall("id", "no such tool", F_OF_X.arguments()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "｜DSML｜",
                "<｜DSML｜parameter name=\"b\" string=\"true\">",
                "</｜DSML｜parameter",
                "</｜DSML｜parameter >",
                "</｜DSML｜invoke>\n</｜DSML｜tool_calls>",
                "<｜end▁of▁sentence｜>",
                "</think>",
                "<<</"
            })
    void closesAValueOnlyAtItsExactClosingTag(String value) {
        assertThat(argument(" name=\"a\" string=\"true\"", value))
                .isEqualTo("{\"a\": " + PythonJson.quote(value) + "}");
    }

    @Test
    void endsAtTheEndOfTheBlock() {
        CompletionParser parser = new CompletionParser(ThinkingMode.CHAT, List.of(), index -> "call_" + index);
        assertThat(parser.ended()).isFalse();
        parser.accept("\n\n" + BLOCK);
        assertThat(parser.ended()).isTrue();
        assertThat(parser.toolCalls()).isEqualTo(1);
        assertThat(parser.accept("more")).isEmpty();
    }

    @Test
    void passesThinkingTagsInTheContentThrough() {
        assertThat(thinking("r</think>a <think>b</think> c").content()).isEqualTo("a <think>b</think> c");
    }

    @Test
    void swallowsASecondEndOfReasoning() {
        assertThat(thinking("r</think>\n</think>a")).isEqualTo(new Message.Assistant("r", "\na", List.of()));
    }

    @Test
    void keepsTextBetweenCallsAsContent() {
        String block = "<｜DSML｜tool_calls>\n" + CALL + "\nso and <b>\n" + CALL + "\n</｜DSML｜tool_calls>";
        assertThat(chat(block))
                .isEqualTo(new Message.Assistant(
                        "", "so and <b>", List.of(F_OF_X, new ToolCall("call_1", "f", F_OF_X.arguments()))));
    }

    @Test
    void completesACallThatTheModelDidNotClose() {
        String open = CALL.replace("</｜DSML｜invoke>", "");
        assertThat(chat(open).toolCalls()).containsExactly(F_OF_X);
        assertThat(chat(open + "<｜end▁of▁sentence｜>").toolCalls()).containsExactly(F_OF_X);
    }

    @Test
    void dropsACallThatWasCutOff() {
        CompletionParser parser = new CompletionParser(ThinkingMode.CHAT, List.of(), index -> "call_" + index);
        AnswerCollector answer = new AnswerCollector();
        parser.accept("\n\n" + BLOCK.replace("\n</｜DSML｜tool_calls>", "\n") + CALL.replace("</｜DSML｜invoke>", ""))
                .forEach(answer::accept);
        parser.finish(FinishReason.LENGTH).forEach(answer::accept);
        assertThat(answer.message()).isEqualTo(new Message.Assistant("", "", List.of(F_OF_X)));
    }

    @Test
    void tellsReasoningFromContentAsItGoes() {
        CompletionParser parser = new CompletionParser(ThinkingMode.THINKING, List.of(), index -> "call_" + index);
        assertThat(parser.accept("why")).containsExactly(new ChatEvent.Reasoning("why"));
        assertThat(parser.accept(" not</thi")).containsExactly(new ChatEvent.Reasoning(" not"));
        assertThat(parser.accept("nk>be")).containsExactly(new ChatEvent.Content("be"));
        assertThat(parser.accept("cause\n\n")).containsExactly(new ChatEvent.Content("cause"));
        assertThat(parser.accept("1 < 2 <")).containsExactly(new ChatEvent.Content("\n\n1 < 2 "));
        assertThat(parser.finish(FinishReason.STOP)).containsExactly(new ChatEvent.Content("<"));
    }

    @Test
    void streamsACallFromItsNameOn() {
        CompletionParser parser = new CompletionParser(ThinkingMode.CHAT, List.of(), index -> "id" + index);
        assertThat(parser.accept("\n\n<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"f"))
                .isEmpty();
        assertThat(parser.accept("\">")).containsExactly(new ChatEvent.ToolCallStart(0, "id0", "f"));
        assertThat(parser.accept("\n<｜DSML｜parameter name=\"a\" string=\"true\">say \"h"))
                .containsExactly(new ChatEvent.ToolCallArguments(0, "{\"a\": \"say \\\"h"));
        assertThat(parser.accept("i\"</")).containsExactly(new ChatEvent.ToolCallArguments(0, "i\\\""));
        assertThat(parser.accept("｜DSML｜parameter>\n")).containsExactly(new ChatEvent.ToolCallArguments(0, "\""));
        assertThat(parser.accept("</｜DSML｜invoke>"))
                .containsExactly(
                        new ChatEvent.ToolCallArguments(0, "}"),
                        new ChatEvent.ToolCallEnd(0, new ToolCall("id0", "f", "{\"a\": \"say \\\"hi\\\"\"}")));
    }

    @Test
    void neverSplitsASurrogatePair() {
        CompletionParser parser = new CompletionParser(ThinkingMode.CHAT, List.of(), index -> "id");
        assertThat(parser.accept("a\uD83D")).containsExactly(new ChatEvent.Content("a"));
        assertThat(parser.accept("\uDE00")).containsExactly(new ChatEvent.Content("\uD83D\uDE00"));
        assertThat(parser.accept("\uD83D")).isEmpty();
        assertThat(parser.finish(FinishReason.LENGTH)).containsExactly(new ChatEvent.Content("\uD83D"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<",
                "\n",
                "\n<",
                "</",
                "</think",
                "<think></think>",
                "<｜DSML｜",
                "<｜DSML｜invoke ",
                "<｜DSML｜invoke name=\"",
                "<｜DSML｜tool_calls>",
                "<｜DSML｜invoke name=\"f\">",
                "<｜DSML｜invoke name=\"f\"><｜DSML｜parameter name=\"a\">1</｜DSML｜parameter>",
                "<｜DSML｜tool_calls>\n</｜DSML｜tool_calls>\n"
            })
    @Timeout(30)
    void readsHostileCompletionsInLinearTime(String pattern) {
        String text = pattern.repeat(300_000 / pattern.length());
        int whole = CompletionParser.parse(text, ThinkingMode.THINKING, List.of(), index -> "")
                .toolCalls()
                .size();
        CompletionParser parser = new CompletionParser(ThinkingMode.THINKING, List.of(), index -> "");
        for (int i = 0; i < text.length() / 10; i++) {
            parser.accept(text.substring(i, i + 1));
        }
        parser.finish(FinishReason.LENGTH);
        assertThat(parser.toolCalls()).isLessThanOrEqualTo(whole);
    }

    private static Message.Assistant chat(String completion) {
        return CompletionParser.parse(completion, ThinkingMode.CHAT, List.of(TYPED), index -> "call_" + index);
    }

    private static Message.Assistant thinking(String completion) {
        return CompletionParser.parse(completion, ThinkingMode.THINKING, List.of(), index -> "call_" + index);
    }

    private static List<ChatEvent> events(String completion) {
        return new CompletionParser(ThinkingMode.CHAT, List.of(), index -> "call_" + index).accept(completion + "\n");
    }

    private static String untyped(String key, String value) {
        return argument(" name=\"" + key + "\"", value);
    }

    private static String argument(String attributes, String value) {
        String call = "<｜DSML｜invoke name=\"f\">\n<｜DSML｜parameter" + attributes + ">" + value
                + "</｜DSML｜parameter>\n</｜DSML｜invoke>";
        return chat(call).toolCalls().getFirst().arguments();
    }
}
