package dev.hadal.model.v4;

import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.checkpoint.DirectoryFiles;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** The recorded checkpoints among the test resources, and the embedded model of the neighbouring module. */
final class GoldenCheckpoint {
    private GoldenCheckpoint() {}

    static Checkpoint open(String name) {
        return Checkpoint.open(DirectoryFiles.open(
                name.equals("nano") ? Path.of("../nano/src/main/resources/dev/hadal/nano/model") : directory(name)));
    }

    static Path directory(String name) {
        try {
            URL config = GoldenCheckpoint.class.getResource("/golden/" + name + "/config.json");
            return Objects.requireNonNull(
                    Path.of(Objects.requireNonNull(config).toURI()).getParent());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static V4Config config(Checkpoint checkpoint) {
        return V4Config.parse(checkpoint.configJson(), checkpoint.configOrigin());
    }
}
