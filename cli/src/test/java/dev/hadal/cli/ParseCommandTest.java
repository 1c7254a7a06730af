package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.cli.Cli.Result;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ParseCommandTest {
    private static final String CALL = """
            x</think>y

            <｜DSML｜tool_calls>
            <｜DSML｜invoke name="f">
            <｜DSML｜parameter name="a" string="true">1</｜DSML｜parameter>
            </｜DSML｜invoke>
            </｜DSML｜tool_calls><｜end▁of▁sentence｜>""";

    @Test
    void behavesAsTheReferenceWhenStrict() throws IOException {
        List<JsonNode> vectors = Cli.vectors("parse.json");
        List<JsonNode> answers = answers(vectors, "parse", "--jsonl", "--strict");
        assertThat(answers).hasSameSizeAs(vectors);
        for (int i = 0; i < vectors.size(); i++) {
            JsonNode vector = vectors.get(i);
            assertThat(answers.get(i).has("error")).as("%s", vector).isEqualTo(vector.has("error"));
            if (vector.has("result")) {
                assertThat(answers.get(i)).as("%s", vector).isEqualTo(vector.path("result"));
            }
        }
    }

    @Test
    void repairsByDefaultWhatTheReferenceRefuses() throws IOException {
        List<JsonNode> vectors = Cli.vectors("parse.json");
        List<JsonNode> answers = answers(vectors, "parse", "--jsonl");
        for (int i = 0; i < vectors.size(); i++) {
            JsonNode vector = vectors.get(i);
            assertThat(answers.get(i).has("content")).as("%s", vector).isTrue();
            if (vector.has("result")) {
                assertThat(answers.get(i)).as("%s", vector).isEqualTo(vector.path("result"));
            }
        }
    }

    private static List<JsonNode> answers(List<JsonNode> vectors, String... args) {
        String requests = vectors.stream().map(JsonNode::toString).collect(Collectors.joining("\n"));
        return Cli.runWithInput(requests, args).jsonLines();
    }

    @Test
    void printsTheMessage() {
        String message =
                "{\"role\":\"assistant\",\"content\":\"y\",\"reasoning_content\":\"x\",\"tool_calls\":[{\"type\":"
                        + "\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\": \\\"1\\\"}\"}}]}\n";
        assertThat(Cli.runWithInput(CALL, "parse", "--thinking", "--json")).isEqualTo(new Result(0, message, ""));
        assertThat(Cli.runWithInput(CALL, "parse", "--thinking").json()).isEqualTo(Cli.JSON.readTree(message));
    }

    @Test
    void readsIdsOfTheModel() {
        String ids = Cli.runWithInput(CALL, "tokenize").out();
        assertThat(Cli.runWithInput(ids, "parse", "--thinking", "--ids"))
                .isEqualTo(Cli.runWithInput(CALL, "parse", "--thinking"));
    }

    @Test
    void mustKnowHowThePromptEnded() {
        assertThat(Cli.runWithInput(CALL, "parse"))
                .isEqualTo(new Result(
                        2,
                        "",
                        "hadal: how did the prompt end? Give either --thinking or --chat (see hadal parse --help)\n"));
        assertThat(Cli.runWithInput(CALL, "parse", "--thinking", "--chat").code())
                .isEqualTo(2);
        assertThat(Cli.runWithInput("{\"thinking_mode\": \"deep\", \"completion\": \"\"}", "parse", "--jsonl")
                        .out())
                .isEqualTo("{\"error\":\"\\\"thinking_mode\\\" must be \\\"thinking\\\" or \\\"chat\\\", but is"
                        + " \\\"deep\\\"\"}\n");
    }

    @Test
    void strictSaysWhereAndWhy() {
        assertThat(Cli.runWithInput("x", "parse", "--chat", "--strict"))
                .isEqualTo(new Result(
                        1,
                        "",
                        "hadal: at character 0 of the completion: the message is not closed by"
                                + " <｜end▁of▁sentence｜>\n"));
        assertThat(Cli.runWithInput("x", "parse", "--chat")
                        .json()
                        .path("content")
                        .stringValue())
                .isEqualTo("x");
    }
}
