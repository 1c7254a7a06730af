package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.cli.Cli.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class SynthCommandTest {
    private static final Path FLASH =
            Path.of("..", "core", "src", "test", "resources", "golden", "flash", "config.json");

    @TempDir
    private Path directory = Path.of("");

    @Test
    void writesACheckpointThatInspectAccepts() {
        Path out = directory.resolve("model");
        Result synth = Cli.run("synth", "--preset", "tiny", "--mtp", "--seed", "4", "--json", "--out", out.toString());
        assertThat(synth.code()).isZero();
        assertThat(synth.err()).matches("writing 1\\d\\.\\d MB to " + out + "\n");
        assertThat(synth.json().path("seed").intValue()).isEqualTo(4);
        JsonNode inspected = Cli.run("inspect", "--json", out.toString()).json();
        assertThat(inspected.path("file_bytes")).isEqualTo(synth.json().path("file_bytes"));
        assertThat(inspected.path("draft").stringValue()).isEqualTo("classic MTP block");
    }

    @Test
    void takesAConfigurationAndItsFormats() {
        Path out = directory.resolve("model");
        Result synth = Cli.run(
                "synth",
                "--config",
                FLASH.toString(),
                "--experts",
                "fp8",
                "--scales",
                "f32",
                "--single-file",
                "--out",
                out.toString());
        assertThat(synth).isEqualTo(new Result(0, synth.out(), "writing 10.3 MB to " + out + "\n"));
        assertThat(synth.out())
                .startsWith("  written                 " + out + "\n  safetensors files       1\n  tensors  ");
        assertThat(out.toFile().list())
                .containsExactlyInAnyOrder("model.safetensors", "config.json", "generation_config.json");
        JsonNode config = Cli.JSON.readTree(out.resolve("config.json"));
        assertThat(config.path("expert_dtype").stringValue()).isEqualTo("fp8");
        assertThat(config.path("num_nextn_predict_layers").intValue()).isZero();
    }

    @Test
    void drawsABarOnAScreenOnly() {
        Terminal.Kind screen = new Terminal.Kind(false, false, true, false);
        Result synth = Cli.runOn(
                screen,
                "",
                "synth",
                "--config",
                FLASH.toString(),
                "--out",
                directory.resolve("m").toString());
        assertThat(synth.err())
                .contains("\r[" + ".".repeat(30) + "] ", "\r[" + "#".repeat(30) + "] 8.0 MB of 8.0 MB")
                .endsWith(" \r");
    }

    @Test
    void saysWhatIsWrongWithItsOptions() {
        String out = directory.resolve("model").toString();
        assertWrong("give either --preset or --config", "--out", out);
        assertWrong("give either --preset or --config", "--preset", "tiny", "--config", "x", "--out", out);
        assertWrong(
                "--preset: expected tiny, mini, flash-layers=N or pro-layers=N but was \"big\"",
                "--preset",
                "big",
                "--out",
                out);
        assertWrong("--experts must be fp4 or fp8, but is int4", "--preset", "tiny", "--experts", "int4", "--out", out);
        assertWrong("--scales must be e8m0 or f32, but is f16", "--preset", "tiny", "--scales", "f16", "--out", out);
        assertWrong("Missing required option: '--out=DIR'", "--preset", "tiny");
        assertThat(directory).isEmptyDirectory();
    }

    private static void assertWrong(String sentence, String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "synth";
        System.arraycopy(args, 0, all, 1, args.length);
        assertThat(Cli.run(all)).isEqualTo(new Result(2, "", "hadal: " + sentence + " (see hadal synth --help)\n"));
    }

    @Test
    void refusesWhatDoesNotFitTheDisk() throws IOException {
        String json = Files.readString(FLASH)
                .replace("\"vocab_size\": 512", "\"vocab_size\": 4194304")
                .replace("\"hidden_size\": 256", "\"hidden_size\": 262144")
                .replace("\"q_lora_rank\": 128", "\"q_lora_rank\": 262144")
                .replace("\"head_dim\": 128", "\"head_dim\": 8128")
                .replace("\"num_attention_heads\": 4", "\"num_attention_heads\": 4096");
        Path config = Files.writeString(directory.resolve("config.json"), json);
        Path out = directory.resolve("model");
        Result synth = Cli.run("synth", "--config", config.toString(), "--out", out.toString());
        assertThat(synth.code()).isEqualTo(1);
        assertThat(synth.err())
                .matches("writing \\d+\\.\\d TB to " + out + "\nhadal: " + out
                        + ": has \\d+ bytes left on its disk, but the checkpoint takes \\d+\\."
                        + " Choose another disk, or fewer layers\n");
        assertThat(out).isEmptyDirectory();
    }
}
