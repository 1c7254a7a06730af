package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.cli.Cli.Result;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class TokenizeCommandTest {
    @Test
    void reproducesTheVectorsOfTheEmbeddedModel() throws IOException {
        List<JsonNode> vectors = Cli.vectors("tokenizer-nano.json");
        String requests = vectors.stream().map(Cli::ascii).collect(Collectors.joining("\n"));
        List<JsonNode> answers =
                Cli.runWithInput(requests, "tokenize", "--jsonl").jsonLines();
        assertThat(answers).hasSameSizeAs(vectors);
        for (int i = 0; i < vectors.size(); i++) {
            assertThat(answers.get(i).path("ids"))
                    .as("%s", vectors.get(i))
                    .isEqualTo(vectors.get(i).path("ids"));
        }
    }

    @Test
    void takesTheTextFromTheArgumentsOrExactlyFromStandardInput() {
        assertThat(Cli.run("tokenize", "Hello", "there").out())
                .isEqualTo(Cli.runWithInput("Hello there", "tokenize").out())
                .isNotEqualTo(Cli.runWithInput("Hello there\n", "tokenize").out());
    }

    @Test
    void recognisesControlTokensUnlessTheTextIsPlain() {
        assertThat(Cli.run("tokenize", "<think>").out()).isEqualTo("3701\n");
        assertThat(Cli.run("tokenize", "--plain", "<think>").out()).isNotEqualTo("3701\n");
    }

    @Test
    void decodesWhatItEncoded() {
        String text = " Grüße,\n<think>  \ud83d\ude00";
        Result ids = Cli.runWithInput(text, "tokenize");
        assertThat(Cli.runWithInput(ids.out(), "tokenize", "--decode").out()).isEqualTo(text);
        Result json = Cli.runWithInput(text, "tokenize", "--json");
        assertThat(Cli.runWithInput(json.out(), "tokenize", "--decode", "--jsonl")
                        .json()
                        .path("text")
                        .stringValue())
                .isEqualTo(text);
        assertThat(Cli.run("tokenize", "--decode", "--json", "3701,3702")
                        .json()
                        .path("text")
                        .stringValue())
                .isEqualTo("<think></think>");
    }

    @Test
    void answersABadLineWithItsErrorAndGoesOn() {
        String requests = """
                {"text": 1}
                {"text": "a", "mode": "odd"}

                [1]
                {"text": "<think>", "mode": "parse"}
                {"tex
                """;
        List<JsonNode> answers =
                Cli.runWithInput(requests, "tokenize", "--jsonl").jsonLines();
        assertThat(answers.stream().map(answer -> answer.path("error").asString("")))
                .containsExactly(
                        "\"text\" must be a string",
                        "\"mode\" must be \"parse\" or \"plain\", but is \"odd\"",
                        "the line is not a JSON object",
                        "",
                        answers.getLast().path("error").asString(""));
        assertThat(answers.get(3).toString()).isEqualTo("{\"ids\":[3701]}");
        assertThat(answers.getLast().path("error").asString("")).startsWith("the line is not JSON: ");
    }

    @Test
    void refusesWhatIsNotAnId() {
        assertThat(Cli.run("tokenize", "--decode", "1", "x"))
                .isEqualTo(new Result(
                        1,
                        "",
                        "hadal: \"x\" is not a token id; ids are whole numbers from 0, separated by"
                                + " commas or white space\n"));
        assertThat(Cli.run("tokenize", "--decode", "4294967296").err())
                .isEqualTo("hadal: 4294967296 is not a token id; ids are whole numbers from 0\n");
        assertThat(Cli.run("tokenize", "--decode", "3712").code()).isEqualTo(1);
    }
}
