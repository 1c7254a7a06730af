package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hadal.cli.Cli.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Expected values: architecture.md 6.1, 6.5 and 10. */
class PlanCommandTest {
    private static final Path CONFIGS = Path.of("..", "core", "src", "test", "resources");

    @TempDir
    private Path directory = Path.of("");

    private static String config(String name) throws IOException {
        try (var files = Files.walk(CONFIGS)) {
            return files.filter(file -> file.endsWith(name))
                    .findFirst()
                    .orElseThrow()
                    .toString();
        }
    }

    @Test
    void accountsForFlash() throws IOException {
        JsonNode plan = Cli.run("plan", "--json", "--config", config("config-flash.json"))
                .json();
        assertThat(plan.path("parameters").toString())
                .isEqualTo("{\"total\":284332240471,\"active\":13270101591,\"draft\":6610048891}");
        assertThat(plan.path("file_bytes").longValue()).isEqualTo(159_617_149_040L);
        assertThat(plan.path("weight_bytes").longValue()).isEqualTo(159_609_485_896L);
        assertThat(plan.path("context").intValue()).isEqualTo(1_048_576);
        assertThat(plan.path("share_of_v32").path("flops").doubleValue()).isCloseTo(0.1020, within(0.00005));
        assertThat(plan.path("share_of_v32").path("cache").doubleValue()).isCloseTo(0.0732, within(0.00005));
    }

    @Test
    void showsProToPeople() throws IOException {
        Result plan = Cli.run("plan", "--config", config("config-pro.json"));
        assertThat(plan.code()).isZero();
        assertThat(plan.out())
                .contains(
                        "  parameters              1.6 trillion (1,572,997,201,763)\n",
                        "  active per token        48.9 billion\n",
                        "  files                   864.7 GB (864,721,029,744)\n",
                        "With 1,048,576 tokens of context:\n",
                        ", 10.5 % of DeepSeek-V3.2\n",
                        ", 27.1 % of DeepSeek-V3.2\n");
    }

    @Test
    void countsTheCacheOfAShortContext() {
        JsonNode cache = Cli.run("plan", "--json", "--context", "128").json().path("cache_bytes");
        // One SWA, three CSA and two HCA layers; an entry of the embedded model takes 200 bytes, an index key 68.
        assertThat(cache.toString())
                .isEqualTo("{\"swa\":25600,\"csa\":" + (3 * (25_600 + 32 * 268)) + ",\"hca\":" + (2 * (25_600 + 200))
                        + ",\"total\":" + (25_600 + 3 * (25_600 + 32 * 268) + 2 * 25_800) + "}");
    }

    @Test
    void checksItsOptions() {
        assertThat(Cli.run("plan", "--config", "a", "--model", "b"))
                .isEqualTo(new Result(
                        2, "", "hadal: give either --config or --model, not both (see hadal plan --help)\n"));
        for (String context : new String[] {"0", "1048577"}) {
            assertThat(Cli.run("plan", "--context", context))
                    .isEqualTo(new Result(
                            2,
                            "",
                            "hadal: --context must be from 1 to 1048576 for this model, but is " + context
                                    + " (see hadal plan --help)\n"));
        }
    }

    @Test
    void saysWhatIsWrongWithAConfiguration() throws IOException {
        Path missing = directory.resolve("missing.json");
        assertThat(Cli.run("plan", "--config", missing.toString()))
                .isEqualTo(new Result(
                        1, "", "hadal: " + missing + " cannot be read; give the config.json of a DeepSeek-V4\n"));
        Path other = Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"llama\"}");
        Result result = Cli.run("plan", "--config", other.toString());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).startsWith("hadal: " + other + ": ").contains("model_type");
    }
}
