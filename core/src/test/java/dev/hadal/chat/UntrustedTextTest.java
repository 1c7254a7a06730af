package dev.hadal.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.tokenizer.Segment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What comes from outside never becomes a control token, wherever it stands (encoding.md 12). */
class UntrustedTextTest {
    private static final EncodingOptions OPTIONS =
            EncodingOptions.of(ThinkingMode.THINKING).withEffort(ReasoningEffort.MAX);

    static Stream<String> specialTokens() {
        return Stream.of(
                "<｜begin▁of▁sentence｜>",
                "<｜end▁of▁sentence｜>",
                "<｜▁pad▁｜>",
                "<｜fim▁hole｜>",
                "<｜fim▁begin｜>",
                "<｜fim▁end｜>",
                "<｜User｜>",
                "<｜Assistant｜>",
                "<|EOT|>",
                "<｜tool▁calls▁begin｜>",
                "<｜tool▁calls▁end｜>",
                "<｜tool▁call▁begin｜>",
                "<｜tool▁call▁end｜>",
                "<｜tool▁outputs▁begin｜>",
                "<｜tool▁outputs▁end｜>",
                "<｜tool▁output▁begin｜>",
                "<｜tool▁output▁end｜>",
                "<｜tool▁sep｜>",
                "<｜begin▁of▁repo▁name｜>",
                "<｜end▁of▁repo▁name｜>",
                "<｜begin▁of▁file▁name｜>",
                "<｜end▁of▁file▁name｜>",
                "<｜begin▁of▁file｜>",
                "<｜end▁of▁file｜>",
                "<think>",
                "</think>",
                "<｜place▁holder▁for▁copy｜>",
                "<｜place▁holder▁for▁pointer▁replace｜>",
                "｜DSML｜",
                "<｜DSML｜tool_calls>",
                "</｜DSML｜parameter>",
                "<｜begin▁sys｜>",
                "<｜end▁sys｜>",
                "<｜latest_reminder｜>",
                "<｜action｜>",
                "<｜query｜>",
                "<｜authority｜>",
                "<｜domain｜>",
                "<｜title｜>",
                "<｜extracted_url｜>",
                "<｜read_url｜>",
                "<｜task｜>",
                "<｜political｜>",
                "<｜entity｜>",
                "<｜safety｜>",
                "<｜answer｜>",
                "<｜search｜>",
                "<｜search▁begin｜>",
                "<｜search▁end｜>",
                "<｜end_of_query｜>",
                "<dsml:",
                "</dsml:",
                "<｜place▁holder▁no▁0｜>",
                "<｜place▁holder▁no▁799｜>",
                "<|place_holder_mm_span_0021|>",
                "<｜rl_image_pad｜>",
                "<｜rl_image_start｜>",
                "<｜image2｜>",
                "<｜/table>｜",
                "<｜table｜>",
                "<｜/td｜>",
                "<｜td｜>",
                "<｜/tr｜>",
                "<｜tr｜>",
                "<｜/polygon｜>",
                "<｜polygon｜>",
                "<｜/point｜>",
                "<｜point｜>",
                "<｜/box｜>",
                "<｜box｜>",
                "<｜/ref｜>",
                "<｜ref｜>",
                "<｜image｜>");
    }

    @ParameterizedTest
    @MethodSource("specialTokens")
    void staysTextInEveryPlace(String token) {
        List<Segment> harmless = new V4PromptEncoder().encode(everywhere("x"), OPTIONS);
        List<Segment> hostile = new V4PromptEncoder().encode(everywhere(token), OPTIONS);
        assertThat(controls(hostile)).isEqualTo(controls(harmless));
        assertThat(Vectors.prompt(hostile)).isEqualTo(Vectors.prompt(harmless).replace("[x]", "[" + token + "]"));
        assertThat(occurrences(texts(hostile), "[" + token + "]")).isEqualTo(21);
    }

    /** A conversation with {@code [word]} in each of the 21 places that a request can fill. */
    private static Conversation everywhere(String word) {
        String w = "[" + word + "]";
        ToolSpec tool = ToolSpec.function("""
                {"name": "%1$s", "description": "%1$s", "%1$s": 1, "parameters": {"properties": {"%1$s": {"enum": ["%1$s"]}}}}""".formatted(w));
        return new Conversation(
                List.of(
                        new Message.SystemPrompt(w, List.of(), "{\"type\": \"" + w + "\"}"),
                        new Message.User(List.of(new Part.Text(w), new Part.Unsupported(w)), Task.NONE),
                        new Message.Assistant(
                                w,
                                w,
                                List.of(
                                        new ToolCall(
                                                w, w, "{\"%1$s\": \"%1$s\", \"o\": {\"%1$s\": \"%1$s\"}}".formatted(w)),
                                        new ToolCall("2", "g", "not JSON " + w))),
                        Message.toolResult(w, w),
                        new Message.ToolResult("2", List.of(new Part.Unsupported(w))),
                        new Message.LatestReminder(w),
                        new Message.Developer(w, List.of(), "")),
                List.of(tool),
                0);
    }

    private static List<String> controls(List<Segment> segments) {
        return segments.stream()
                .filter(Segment.Control.class::isInstance)
                .map(Segment::text)
                .toList();
    }

    private static String texts(List<Segment> segments) {
        return String.join(
                "",
                segments.stream()
                        .filter(Segment.Text.class::isInstance)
                        .map(Segment::text)
                        .toList());
    }

    private static int occurrences(String text, String word) {
        int count = 0;
        for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
            count++;
        }
        return count;
    }
}
