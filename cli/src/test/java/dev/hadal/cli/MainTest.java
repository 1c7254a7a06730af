package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.cli.Cli.Result;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private static final String[] COMMANDS = {
        "run",
        "chat",
        "tokenize",
        "prompt",
        "parse",
        "logits",
        "inspect",
        "plan",
        "synth",
        "bench",
        "serve",
        "key",
        "usage",
        "soak"
    };

    @Test
    void saysItsVersion() {
        assertThat(Cli.run("--version").out()).matches("hadal \\S+, Java 25\\S*\n");
        assertThat(Cli.run("--version").code()).isZero();
    }

    @Test
    void helpListsEveryCommand() {
        Result help = Cli.run("--help");
        assertThat(help.code()).isZero();
        assertThat(help.out()).contains(COMMANDS).contains("a demonstration, not an assistant");
        assertThat(help.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"run", "chat", "tokenize", "prompt", "parse", "logits", "inspect", "plan", "synth", "bench"})
    void everyCommandHasHelpVersionAndThreads(String command) {
        Result help = Cli.run(command, "--help");
        assertThat(help.code()).isZero();
        assertThat(help.out()).startsWith("Usage: hadal " + command).contains("--threads=N", "--version", "--json");
        assertThat(Cli.run(command, "--version").out())
                .isEqualTo(Cli.run("--version").out());
    }

    @Test
    void wrongUsageIsOneSentenceAndExitCodeTwo() {
        assertWrong("which command? One of " + String.join(", ", COMMANDS) + " (see hadal --help)");
        assertWrong("Unmatched argument at index 0: 'train' (see hadal --help)", "train");
        assertWrong("Unknown option: '--shout' (see hadal run --help)", "run", "--shout", "x");
        assertWrong("--threads must be from 1 to 1024, but is 0 (see hadal --help)", "plan", "--threads", "0");
        assertWrong(
                "Invalid value for option '--threads': 'two' is not an int (see hadal plan --help)",
                "plan",
                "--threads",
                "two");
        assertWrong("Missing required parameter for option '--stop' (TEXT) (see hadal run --help)", "run", "--stop");
    }

    private static void assertWrong(String sentence, String... args) {
        assertThat(Cli.run(args)).isEqualTo(new Result(2, "", "hadal: " + sentence + "\n"));
    }

    @Test
    void failureIsOneSentenceAndExitCodeOne(@TempDir Path directory) {
        assertThat(Cli.run("inspect", directory.resolve("none").toString()))
                .isEqualTo(new Result(
                        1,
                        "",
                        "hadal: " + directory.resolve("none")
                                + ": there is no such directory. Give the directory that holds config.json and the safetensors"
                                + " files\n"));
    }

    @Test
    void verboseAddsWhereAnErrorComesFrom(@TempDir Path directory) {
        Result result =
                Cli.run("inspect", "--verbose", directory.resolve("none").toString());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).startsWith("hadal: ").contains("dev.hadal.checkpoint.DirectoryFiles.open(");
    }

    @Test
    void aClosedPipeEndsCleanly() {
        assertThat(runInto(new Failing("Broken pipe"))).isEqualTo(new Result(0, "", ""));
    }

    @Test
    void aFullDiskIsAnError() {
        assertThat(runInto(new Failing("No space left on device")))
                .isEqualTo(new Result(1, "", "hadal: the output cannot be written: No space left on device\n"));
    }

    private static Result runInto(OutputStream out) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(new ByteArrayInputStream(new byte[0]), out, err, Terminal.Kind.PIPES);
        int code = Main.run(terminal, "tokenize", "x");
        return new Result(code, "", err.toString(StandardCharsets.UTF_8));
    }

    private static final class Failing extends OutputStream {
        private final String message;

        Failing(String message) {
            this.message = message;
        }

        @Override
        public void write(int b) throws IOException {
            throw new IOException(message);
        }
    }
}
