package dev.hadal.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.tokenizer.Segment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class V4PromptEncoderTest {
    private static final EncodingOptions CHAT = EncodingOptions.of(ThinkingMode.CHAT);
    private static final EncodingOptions THINKING = EncodingOptions.of(ThinkingMode.THINKING);
    private static final ToolSpec TOOL = ToolSpec.function("{\"name\":\"f\"}");

    @Test
    void writesTokensAsControlsAndWordsAsText() {
        assertThat(new V4PromptEncoder()
                        .encode(Conversation.of(Message.system("Be brief."), Message.user("Hello")), THINKING))
                .containsExactly(
                        new Segment.Control("<｜begin▁of▁sentence｜>"),
                        new Segment.Text("Be brief."),
                        new Segment.Control("<｜User｜>"),
                        new Segment.Text("Hello"),
                        new Segment.Control("<｜Assistant｜>"),
                        new Segment.Control("<think>"));
    }

    @Test
    void writesTheTokensInsideTheToolsSectionAsControls() {
        List<String> controls = new V4PromptEncoder()
                .encode(Conversation.ask("q").withTools(List.of(TOOL)), CHAT).stream()
                        .filter(Segment.Control.class::isInstance)
                        .map(Segment::text)
                        .toList();
        assertThat(controls).filteredOn("｜DSML｜"::equals).hasSize(9);
        assertThat(controls).filteredOn("<think>"::equals).hasSize(2);
        assertThat(controls).filteredOn("</think>"::equals).hasSize(3);
    }

    @Test
    void announcesRequestToolsInALeadingSystemMessage() {
        assertThat(prompt(Conversation.ask("q").withTools(List.of(TOOL)), CHAT))
                .startsWith("<｜begin▁of▁sentence｜>\n\n## Tools\n\n")
                .endsWith("\n\n{\"name\": \"f\"}\n\nYou MUST strictly follow the above defined tool name and parameter"
                        + " schemas to invoke tool calls.\n<｜User｜>q<｜Assistant｜></think>");
    }

    @Test
    void announcesRequestToolsBehindTheSystemText() {
        Conversation conversation = Conversation.of(Message.system("Be brief."), Message.user("q"));
        assertThat(prompt(conversation.withTools(List.of(TOOL)), CHAT))
                .startsWith("<｜begin▁of▁sentence｜>Be brief.\n\n## Tools\n\n");
    }

    @Test
    void keepsEarlierReasoningWhenThereAreTools() {
        Conversation conversation = Conversation.of(
                Message.user("a"),
                new Message.Assistant("why", "b", List.of()),
                Message.assistant("c"),
                Message.user("d"));
        assertThat(prompt(conversation, THINKING))
                .isEqualTo("<｜begin▁of▁sentence｜><｜User｜>a<｜Assistant｜></think>b<｜end▁of▁sentence｜>c"
                        + "<｜end▁of▁sentence｜><｜User｜>d<｜Assistant｜><think>");
        assertThat(prompt(conversation.withTools(List.of(TOOL)), THINKING))
                .endsWith("<｜User｜>a<｜Assistant｜><think>why</think>b<｜end▁of▁sentence｜></think>c"
                        + "<｜end▁of▁sentence｜><｜User｜>d<｜Assistant｜><think>");
        assertThat(prompt(conversation, THINKING.withDropThinking(false))).contains("<｜Assistant｜><think>why</think>b");
        assertThat(prompt(conversation, CHAT))
                .contains("<｜Assistant｜></think>b")
                .doesNotContain("why");
    }

    @Test
    void leavesAPrefixOpen() {
        Message.Assistant prefix = new Message.Assistant("", "Once", List.of()).opened();
        Conversation conversation = Conversation.of(Message.user("tell"), prefix);
        assertThat(prompt(conversation, CHAT)).endsWith("<｜User｜>tell<｜Assistant｜></think>Once");
        assertThat(prompt(conversation, THINKING)).endsWith("<｜User｜>tell<｜Assistant｜><think></think>Once");
        assertThat(conversation.completionMode(ThinkingMode.THINKING)).isEqualTo(ThinkingMode.CHAT);
    }

    @Test
    void joinsToolResultsAndUserTextIntoOneTurnInTheOrderOfTheCalls() {
        ToolCall first = new ToolCall("1", "f", "{}");
        ToolCall second = new ToolCall("2", "f", "{}");
        Conversation conversation = Conversation.of(
                Message.user("go"),
                new Message.Assistant("", "", List.of(first, second)),
                Message.toolResult("2", "two"),
                new Message.User(
                        List.of(
                                new Part.Text("so"),
                                new Part.ToolResult("1", List.of(new Part.Text("one"), new Part.Unsupported("image")))),
                        Task.NONE),
                Message.user("now?"));
        assertThat(prompt(conversation, CHAT))
                .endsWith("<｜User｜><tool_result>one\n\n[Unsupported image]</tool_result>\n\nso\n\n"
                        + "<tool_result>two</tool_result>\n\nnow?<｜Assistant｜></think>");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "^^                      | ^^",
                "null                    | ^^",
                "{}                      | ^^",
                "\"{\\\"a\\\":1}\"       | <｜DSML｜parameter name=\"a\" string=\"false\">1</｜DSML｜parameter>",
                "[1]                     | <｜DSML｜parameter name=\"arguments\" string=\"true\">[1]</｜DSML｜parameter>",
                "\"a\"                   | <｜DSML｜parameter name=\"arguments\" string=\"true\">\"a\"</｜DSML｜parameter>",
                "5                       | <｜DSML｜parameter name=\"arguments\" string=\"true\">5</｜DSML｜parameter>",
                "{\"a\":1,\"a\":1e3}     | <｜DSML｜parameter name=\"a\" string=\"false\">1000.0</｜DSML｜parameter>"
            })
    void writesArgumentsThatAreNoPlainObject(String arguments, String parameters) {
        Message.Assistant call = new Message.Assistant("", "", List.of(new ToolCall("1", "f", arguments)));
        assertThat(prompt(Conversation.of(Message.user("q"), call), CHAT))
                .endsWith("</think>\n\n<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"f\">\n" + parameters
                        + "\n</｜DSML｜invoke>\n</｜DSML｜tool_calls><｜end▁of▁sentence｜>");
    }

    @ParameterizedTest
    @CsvSource({
        "PREVIEW, NONE, ''", "PREVIEW, LOW, ''", "PREVIEW, HIGH, ''", "PREVIEW, MAX, Absolute",
        "GA, NONE, ''", "GA, LOW, ''", "GA, HIGH, Absolute", "GA, MAX, Beyond"
    })
    void asksForEffortDirectlyBehindTheFirstToken(EffortRules rules, ReasoningEffort effort, String word) {
        EncodingOptions options = THINKING.withRules(rules).withEffort(effort);
        String start = word.isEmpty() ? "<｜User｜>" : "Reasoning Effort: " + word + " maximum";
        assertThat(prompt(Conversation.ask("q"), options)).startsWith("<｜begin▁of▁sentence｜>" + start);
        assertThat(prompt(Conversation.ask("q"), CHAT.withRules(rules).withEffort(effort)))
                .isEqualTo("<｜begin▁of▁sentence｜><｜User｜>q<｜Assistant｜></think>");
    }

    @Test
    void fillsInTheMiddle() {
        assertThat(new V4PromptEncoder().fillInTheMiddle("int f() {", "}"))
                .containsExactly(
                        new Segment.Control("<｜begin▁of▁sentence｜>"),
                        new Segment.Control("<｜fim▁begin｜>"),
                        new Segment.Text("int f() {"),
                        new Segment.Control("<｜fim▁hole｜>"),
                        new Segment.Text("}"),
                        new Segment.Control("<｜fim▁end｜>"));
    }

    @Test
    void refusesAnEmptyDeveloperMessage() {
        Conversation conversation = Conversation.of(Message.user("q"), new Message.Developer("", List.of(), ""));
        assertThatThrownBy(() -> prompt(conversation, CHAT))
                .isInstanceOf(ConversationException.class)
                .hasMessage("messages[1]: a developer message must not be empty");
    }

    private static String prompt(Conversation conversation, EncodingOptions options) {
        return Vectors.prompt(new V4PromptEncoder().encode(conversation, options));
    }
}
