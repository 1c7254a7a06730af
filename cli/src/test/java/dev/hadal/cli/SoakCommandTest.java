package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.cli.Cli.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

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
    void keepsSilentClientsOfAllDialectsAndAnswersThem() {
        Result soak = Cli.run("soak", "--silence", "--seconds", "2");
        assertThat(soak.err()).isEmpty();
        assertThat(soak.code()).isZero();
        assertThat(soak.out())
                .containsPattern("clients +24\\n")
                .containsPattern("unread all the time +12 +\\(at least 12\\)")
                .containsPattern("queued all the time +12 +\\(at least 12\\)")
                .containsPattern("without their answer +0 +\\(at most 0\\)");
    }

    @Test
    void refusesAnsweringAllOfThreeTimesWhatAServerCanAnswer() {
        // A busy machine may break a bound within so short a time; every request has to end as one should all the same.
        Result soak = Cli.run("soak", "--overload", "--seconds", "3", "--json");
        assertThat(soak.json().path("soak").asString()).isEqualTo("overload");
        assertThat(soak.json().path("otherwise").asInt()).as(soak.err()).isZero();
        assertThat(soak.json().path("refused").asInt()).isPositive();
        assertThat(soak.json().path("answered").asInt()).isPositive();
        assertThat(soak.json().path("running").asInt()).isZero();
        assertThat(soak.code()).isEqualTo(soak.json().path("broken_bounds").isEmpty() ? 0 : 1);
    }

    @Test
    void keepsNothingOfManyDifferentSchemas() {
        // How long others take beside so few schemas says nothing yet; everything else has to be as after all of them.
        Result soak = Cli.run("soak", "--schemas", "150", "--json");
        JsonNode figures = soak.json();
        assertThat(figures.path("soak").asString()).isEqualTo("schemas");
        assertThat(figures.path("schemas").asInt()).isEqualTo(150);
        assertThat(figures.path("others_beside").asInt()).isPositive();
        assertThat(figures.path("files_growth_mb").asDouble()).isPositive();
        assertThat(figures.path("state_mb").asDouble()).isPositive();
        assertThat(figures.path("broken_bounds"))
                .as(soak.err())
                .allMatch(bound -> bound.asString().endsWith("_times"));
        assertThat(soak.code()).isEqualTo(figures.path("broken_bounds").isEmpty() ? 0 : 1);
    }

    @Test
    void refusesWhatSaysNothingOfSchemas() {
        assertThat(Cli.run("soak", "--schemas", "0").err())
                .isEqualTo("hadal: --schemas must be from 1 to 1000000, but is 0\n");
        assertThat(Cli.run("soak", "--schemas", "--minutes", "2").err())
                .isEqualTo("hadal: --schemas takes as long as the schemas take; say how many instead of a time\n");
        assertThat(Cli.run("soak", "--schemas", "--silence").err())
                .isEqualTo("hadal: --overload, --silence and --schemas are different soaks; give one of them\n");
    }

    @Test
    void saysWhatIsWrongWithAServerThatIsNotThere() {
        Result soak = Cli.run("soak", "--silence", "--seconds", "1", "--url", "http://127.0.0.1:1");
        assertThat(soak.code()).isEqualTo(1);
        assertThat(soak.err())
                .startsWith("hadal: http://127.0.0.1:1 cannot be soaked: Connection refused; it has to run with the");
        assertThat(Cli.run("soak", "--url", "http://127.0.0.1:1").err())
                .isEqualTo(
                        "hadal: --url, --key and --json go with --overload, --silence or --schemas; give one of these\n");
    }

    @Test
    void printsTheScriptThatAServerElsewhereNeeds() {
        assertThat(Cli.run("soak", "--print-script", "--minutes", "10").out())
                .startsWith(
                        "# --overload: hadal serve --script FILE --ledger off --set limits.queue=16 --set limits.running=8")
                .contains("first_delay: 600000ms");
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
