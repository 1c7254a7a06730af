package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.cli.Cli.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Answers as recorded in prompts.json of the embedded model, by an independent implementation. */
class RunCommandTest {
    private static final String JAPAN = "Name the capital of Japan.";
    private static final String TOKYO = "The capital of Japan is Tokyo.";
    private static final Terminal.Kind SCREEN = new Terminal.Kind(true, true, true, true);

    @Test
    void answersWithoutThinking() {
        assertThat(Cli.run("run", "--think", "off", "What is the capital of France?"))
                .isEqualTo(new Result(0, "The capital of France is Paris.\n", ""));
    }

    @Test
    void thinksByDefaultOnStandardError() {
        assertThat(Cli.run("run", JAPAN)).isEqualTo(new Result(0, TOKYO + "\n", TOKYO + "\n"));
        assertThat(Cli.run("run", "--hide-thinking", JAPAN)).isEqualTo(new Result(0, TOKYO + "\n", ""));
    }

    @Test
    void dimsTheReasoningOnAScreen() {
        assertThat(Cli.runOn(SCREEN, "", "run", JAPAN).err()).endsWith("\u001b[0m\n\u001b[2m" + TOKYO + "\u001b[0m\n");
    }

    @Test
    void saysOnAScreenHowItComputes() {
        assertThat(Cli.runOn(SCREEN, "", "run", "--threads", "2", "--think", "off", JAPAN)
                        .err())
                .matches("\u001b\\[2mhadal: vector kernels of [0-9]+ bits as soon as they are compiled, 2 threads,"
                        + " weights mapped\u001b\\[0m\n");
    }

    @Test
    void rawPrintsTheControlTokens() {
        assertThat(Cli.run("run", "--raw", JAPAN))
                .isEqualTo(new Result(0, TOKYO + "</think>" + TOKYO + "<｜end▁of▁sentence｜>", ""));
    }

    @Test
    void whatRawPrintsCanBeParsed() {
        String raw = Cli.run("run", "--raw", JAPAN).out();
        JsonNode message =
                Cli.runWithInput(raw, "parse", "--thinking", "--strict").json();
        assertThat(message.path("content").stringValue()).isEqualTo(TOKYO);
    }

    @Test
    void answersInJson() {
        assertThat(Cli.run("run", "--json", JAPAN).out())
                .isEqualTo("{\"role\":\"assistant\",\"content\":\"" + TOKYO + "\",\"reasoning_content\":\"" + TOKYO
                        + "\",\"tool_calls\":[],\"finish_reason\":\"stop\",\"usage\":{\"prompt_tokens\":10,"
                        + "\"completion_tokens\":15,\"reasoning_tokens\":7}}\n");
    }

    @Test
    void readsThePromptFromStandardInput() {
        Result expected = Cli.run("run", "--think", "off", JAPAN);
        assertThat(Cli.runWithInput(JAPAN + "\n", "run", "--think", "off")).isEqualTo(expected);
        assertThat(Cli.runWithInput(JAPAN, "run", "--think", "off", "-")).isEqualTo(expected);
    }

    @Test
    void wantsAPrompt() {
        assertThat(Cli.runOn(SCREEN, "", "run"))
                .isEqualTo(new Result(
                        2,
                        "",
                        "hadal: what shall be asked? Give a PROMPT, or - to type it (see hadal run" + " --help)\n"));
        assertThat(Cli.runWithInput(" \n", "run"))
                .isEqualTo(new Result(2, "", "hadal: the prompt is empty (see hadal run --help)\n"));
    }

    @Test
    void stopsAtAText() {
        assertThat(Cli.run("run", "--think", "off", "--stop", " is Tokyo", "--stop", "never", JAPAN)
                        .out())
                .isEqualTo("The capital of Japan\n");
    }

    @Test
    void saysThatAnAnswerWasCutOff() {
        assertThat(Cli.run("run", "--think", "off", "--max-tokens", "2", JAPAN))
                .isEqualTo(new Result(0, "The capital\n", "hadal: the answer was cut off after 2 tokens\n"));
    }

    @Test
    void theSeedDecidesWhatIsSampled() {
        String[] args = {"run", "--think", "off", "--temperature", "2", "--max-tokens", "12", "--seed", "3", JAPAN};
        Result first = Cli.run(args);
        assertThat(Cli.run(args)).isEqualTo(first);
        args[8] = "4";
        assertThat(Cli.run(args).out()).isNotEqualTo(first.out());
    }

    @Test
    void checksItsOptionsBeforeLoading() {
        assertWrong("--temperature must be from 0 to 2, but is 2.5", "--temperature", "2.5");
        assertWrong("--top-p must be from 0 to 1, but is -1.0", "--top-p=-1");
        assertWrong("--min-p must be from 0 to 1, but is 1.5", "--min-p", "1.5");
        assertWrong("--top-k must be at least 0 (0 keeps all tokens), but is -1", "--top-k=-1");
        assertWrong("--max-tokens must be at least 1, but is 0", "--max-tokens", "0");
        assertWrong("--stop must not be empty", "--stop", "");
        assertWrong("give either --raw or --json, not both", "--raw", "--json");
        assertWrong(
                "Invalid value for option '--think': expected off, low, high or max but was \"much\"",
                "--think",
                "much");
        assertWrong(
                "Invalid value for option '--numerics': expected fp32, qat or w4a8 but was \"fp64\"",
                "--numerics",
                "fp64");
    }

    private static void assertWrong(String sentence, String... options) {
        String[] args = Stream.concat(Stream.of("run", "--model", "/does/not/exist", "x"), Stream.of(options))
                .toArray(String[]::new);
        assertThat(Cli.run(args)).isEqualTo(new Result(2, "", "hadal: " + sentence + " (see hadal run --help)\n"));
    }

    @Test
    void saysThatAPromptDoesNotFitBeforeComputing(@TempDir Path directory) throws IOException {
        Path source = Path.of("..", "nano", "src", "main", "resources", "dev", "hadal", "nano", "model");
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
        Path config = directory.resolve("config.json");
        String changed = Files.readString(config)
                .replaceFirst("\"max_position_embeddings\": \\d+", "\"max_position_embeddings\": 128");
        Files.writeString(config, changed);
        Result result = Cli.run("run", "--model", directory.toString(), "word ".repeat(200));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("hadal: ").contains("128").hasLineCount(1);
    }
}
