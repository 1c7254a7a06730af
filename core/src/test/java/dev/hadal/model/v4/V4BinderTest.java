package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.checkpoint.DirectoryFiles;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class V4BinderTest {
    @ParameterizedTest
    @ValueSource(strings = {"core/src/test/resources/golden/flash", "core/src/test/resources/golden/pro"})
    void bindsEveryTensorOfTheGoldenCheckpoints(String directory) {
        try (Checkpoint checkpoint = Checkpoint.open(DirectoryFiles.open(Path.of("..", directory)))) {
            V4Config config = V4Config.parse(checkpoint.configJson(), checkpoint.configOrigin());
            V4Weights weights = V4Binder.bind(checkpoint, config);
            assertThat(weights.layers()).hasSize(config.numHiddenLayers());
            assertThat(weights.hasClassicMtp()).isTrue();
            assertThat(weights.hasDspark()).isFalse();
            assertThat(weights.notes()).isEmpty();
        }
    }
}
