package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.cli.Cli.Result;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ChatCommandTest {
    private static final String LINES = "What is the capital of France?\n\nName the capital of Japan.\n";

    @Test
    void answersLineByLine() {
        assertThat(Cli.runWithInput(LINES, "chat", "--think", "off"))
                .isEqualTo(new Result(0, "The capital of France is Paris.\nThe capital of Japan is Tokyo.\n", ""));
    }

    @Test
    void everyTurnContainsTheOnesBefore() {
        List<JsonNode> turns =
                Cli.runWithInput(LINES, "chat", "--think", "off", "--json").jsonLines();
        assertThat(turns).hasSize(2);
        JsonNode first = turns.getFirst().path("usage");
        JsonNode second = turns.getLast().path("usage");
        // The first prompt, its answer with the end of the sentence, user, question, assistant and end of thinking.
        int question = Cli.run("tokenize", "--json", "Name the capital of Japan.")
                .json()
                .path("ids")
                .size();
        assertThat(second.path("prompt_tokens").intValue())
                .isEqualTo(first.path("prompt_tokens").intValue()
                        + first.path("completion_tokens").intValue()
                        + 1
                        + 1
                        + question
                        + 2);
    }

    @Test
    void asksWhoeverTypes() {
        Terminal.Kind screen = new Terminal.Kind(true, true, true, false);
        Result result = Cli.runOn(screen, "What is the capital of France?\n", "chat", "--think", "off");
        assertThat(result.out()).isEqualTo("The capital of France is Paris.\n");
        assertThat(result.err()).matches("hadal: vector kernels of .*, weights mapped\n> > \n");
    }

    @Test
    void endsWithItsInput() {
        assertThat(Cli.run("chat")).isEqualTo(new Result(0, "", ""));
    }
}
