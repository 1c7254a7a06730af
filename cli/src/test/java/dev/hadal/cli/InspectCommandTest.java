package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.cli.Cli.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class InspectCommandTest {
    private static final String FLASH =
            Path.of("..", "core", "src", "test", "resources", "golden", "flash").toString();

    /** Counted in the file's own header by another program. */
    @Test
    void describesTheEmbeddedModel() {
        JsonNode model = Cli.run("inspect", "--json").json();
        assertThat(model.path("origin").stringValue()).isEqualTo("embedded model");
        assertThat(model.path("layers").toString()).isEqualTo("{\"swa\":1,\"csa\":3,\"hca\":2}");
        assertThat(model.path("draft").stringValue()).isEqualTo("classic MTP block");
        assertThat(model.path("parameters").toString()).isEqualTo("{\"total\":14986417,\"active\":5778609}");
        assertThat(model.path("file_bytes").longValue()).isEqualTo(16_134_694);
        assertThat(model.path("config").path("vocab_size").intValue()).isEqualTo(3712);
        assertThat(model.path("kernels").stringValue()).matches("(scalar|vector).*");
        long bytes = 0;
        int count = 0;
        for (JsonNode kind : model.path("tensors")) {
            bytes += kind.path("bytes").longValue();
            count += kind.path("count").intValue();
        }
        assertThat(count).isEqualTo(932);
        assertThat(bytes).isEqualTo(16_040_622);
    }

    @Test
    void showsADirectoryToPeople() {
        Result result = Cli.run("inspect", FLASH);
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .startsWith(FLASH + "\n")
                .contains(
                        "  layers                  6: 2 SWA, 2 CSA, 2 HCA\n",
                        "  experts                 8, 2 used and 1 shared for each token\n",
                        "    routed experts        288, 2.5 MB, F8_E8M0 I8\n",
                        "  kernels                 ");
    }
}
