package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.cli.Cli.Result;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PromptCommandTest {
    private static final String REQUEST = "{\"messages\": [{\"role\": \"user\", \"content\": \"Say <think>\"}]}";
    private static final String MAX =
            "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"reasoning_effort\": \"max\"}";

    @Test
    void reproducesThePromptsOfTheVectors() throws IOException {
        assertThat(answers("prompt", "--jsonl"))
                .containsExactlyElementsOf(members(Cli.vectors("render.json"), "prompt"));
    }

    @Test
    void reproducesTheIdsOfTheVectors() throws IOException {
        String directory = Cli.officialTokenizer().toString();
        assertThat(members(
                        Cli.runWithInput(requests(), "prompt", "--jsonl", "--model", directory)
                                .jsonLines(),
                        "ids"))
                .containsExactlyElementsOf(members(Cli.vectors("render.json"), "ids"));
    }

    private static List<JsonNode> answers(String... args) throws IOException {
        return members(Cli.runWithInput(requests(), args).jsonLines(), "prompt");
    }

    private static String requests() throws IOException {
        return Cli.vectors("render.json").stream().map(JsonNode::toString).collect(Collectors.joining("\n"));
    }

    private static List<JsonNode> members(List<JsonNode> objects, String member) {
        return objects.stream().map(object -> object.path(member)).toList();
    }

    @Test
    void printsTheExactPrompt() {
        assertThat(Cli.runWithInput(REQUEST, "prompt"))
                .isEqualTo(new Result(0, "<｜begin▁of▁sentence｜><｜User｜>Say <think><｜Assistant｜><think>", ""));
    }

    @Test
    void userTextBecomesAControlTokenOnlyWithParity() {
        String safe = Cli.runWithInput(REQUEST, "prompt", "--ids").out();
        String parity = Cli.runWithInput(REQUEST, "prompt", "--ids", "--parity").out();
        assertThat(safe).startsWith("0 3699 ").endsWith(" 3700 3701\n").containsOnlyOnce("3701");
        assertThat(parity).startsWith("0 3699 ").endsWith(" 3701 3700 3701\n");
    }

    @Test
    void answersInJson() {
        Result text = Cli.runWithInput(REQUEST, "prompt");
        Result ids = Cli.runWithInput(REQUEST, "prompt", "--ids");
        JsonNode json = Cli.runWithInput(REQUEST, "prompt", "--json").json();
        assertThat(json.path("prompt").stringValue()).isEqualTo(text.out());
        assertThat(json.path("ids").toString())
                .isEqualTo("[" + ids.out().strip().replace(' ', ',') + "]");
    }

    @Test
    void rulesDecideWhatAnEffortWrites() {
        String preview = Cli.runWithInput(MAX, "prompt").out();
        String ga = Cli.runWithInput(MAX, "prompt", "--rules", "ga").out();
        assertThat(preview).contains("Reasoning Effort: Absolute maximum");
        assertThat(ga).contains("Reasoning Effort: Beyond maximum");
        assertThat(Cli.runWithInput(MAX, "prompt", "--rules", "v4-ga-2026-07-31")
                        .out())
                .isEqualTo(ga);
        assertThat(Cli.runWithInput(MAX, "prompt", "--rules", "old"))
                .isEqualTo(
                        new Result(
                                2,
                                "",
                                "hadal: Invalid value for option '--rules': unknown effort rules \"old\","
                                        + " expected preview, ga, v4-preview-2026-04 or v4-ga-2026-07-31 (see hadal prompt --help)\n"));
    }

    @Test
    void saysWhatIsWrongWithARequest() {
        assertThat(Cli.runWithInput("{}", "prompt"))
                .isEqualTo(new Result(
                        1, "", "hadal: messages: is required and must be an array of at least one message\n"));
        Result lines = Cli.runWithInput("{}\n" + REQUEST, "prompt", "--jsonl");
        assertThat(lines.code()).isZero();
        assertThat(lines.jsonLines().getFirst().path("error").stringValue())
                .isEqualTo("messages: is required and must be an array of at least one message");
        assertThat(lines.jsonLines().getLast().has("prompt")).isTrue();
    }
}
