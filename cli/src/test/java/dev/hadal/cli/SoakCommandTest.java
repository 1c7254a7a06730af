package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.cli.Cli.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SoakCommandTest {
    private static final String FLASH =
            Path.of("..", "core", "src", "test", "resources", "golden", "flash").toString();

    @Test
    void comparesAndPrintsItsSeed() {
        Result soak = Cli.run("soak", "--model", FLASH, "--seconds", "0", "--seed", "7", "--threads", "2");
        assertThat(soak.err()).doesNotContain("differs");
        assertThat(soak.code()).isZero();
        assertThat(soak.out())
                .startsWith("seed 7\n")
                .containsPattern("answers +[1-9]")
                .containsPattern("tokens compared +[1-9]")
                .containsPattern("differences +0\n");
    }

    @Test
    void measuresTurns() {
        Result turns = Cli.run("bench", "--model", FLASH, "--turns", "3x40", "--threads", "2");
        assertThat(turns.code()).isZero();
        assertThat(turns.out().lines().filter(line -> line.matches("\\| +[123] \\| +40 \\| +(0|39|79) \\|.*")))
                .hasSize(3);
        assertThat(turns.out()).containsPattern("last turn / second +[0-9]");
    }

    @Test
    void measuresAnArrival() {
        Result arrival = Cli.run("bench", "--model", FLASH, "--arrival", "300", "--threads", "2");
        assertThat(arrival.code()).isZero();
        assertThat(arrival.out())
                .containsPattern("speed kept +[0-9.]+ %")
                .containsPattern("gaps of the answer +p50 [0-9]+ ms, p99 [0-9]+ ms");
    }

    @Test
    void refusesTurnsThatAreNone() {
        Result turns = Cli.run("bench", "--model", FLASH, "--turns", "tenx2");
        assertThat(turns.code()).isEqualTo(2);
        assertThat(turns.err()).contains("--turns is like 10x2048, but is tenx2");
    }
}
