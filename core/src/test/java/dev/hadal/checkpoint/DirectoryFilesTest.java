package dev.hadal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.tensor.DType;
import dev.hadal.tensor.Tensor;
import dev.hadal.tensor.TensorSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryFilesTest {
    @TempDir
    Path directory;

    @Test
    void reachesTensorsBeyondFourGibibytes() throws IOException {
        long large = (1L << 32) + 4096;
        List<TensorSpec> tensors =
                List.of(TensorSpec.of("large", DType.I8, large >> 12, 4096), TensorSpec.of("last", DType.I8, 3));
        byte[] header = SafetensorsWriter.header(tensors);
        Path file = directory.resolve("model.safetensors");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.write(header);
            sparse.setLength(header.length + large + 3);
            sparse.seek(header.length + (1L << 31));
            sparse.write(7);
            sparse.seek(header.length + large);
            sparse.write(new byte[] {1, 2, 3});
        }
        Files.writeString(directory.resolve("config.json"), "{}");
        try (Checkpoint checkpoint = Checkpoint.open(DirectoryFiles.open(directory))) {
            MemorySegment data = tensor(checkpoint, "large").data();
            assertThat(data.byteSize()).isEqualTo(large);
            assertThat(data.get(ValueLayout.JAVA_BYTE, 1L << 31)).isEqualTo((byte) 7);
            assertThat(tensor(checkpoint, "last").data().toArray(ValueLayout.JAVA_BYTE))
                    .containsExactly(1, 2, 3);
            assertThat(checkpoint.totalBytes()).isEqualTo(header.length + large + 3);
        }
    }

    @Test
    void followsTheSymbolicLinksOfADownloadCache() throws IOException {
        Path blobs = Files.createDirectories(directory.resolve("blobs"));
        Path snapshot = Files.createDirectories(directory.resolve("snapshots/abc"));
        Files.writeString(blobs.resolve("1f"), "{}");
        Files.write(blobs.resolve("2e"), SafetensorsWriter.header(List.of()));
        Files.createSymbolicLink(snapshot.resolve("config.json"), Path.of("../../blobs/1f"));
        Files.createSymbolicLink(snapshot.resolve("model.safetensors"), Path.of("../../blobs/2e"));
        try (Checkpoint checkpoint = Checkpoint.open(DirectoryFiles.open(snapshot))) {
            assertThat(checkpoint.tensors()).isEmpty();
            assertThat(checkpoint.files().names()).containsExactly("config.json", "model.safetensors");
        }
    }

    @Test
    void cannotBeReadAfterClosing() throws IOException {
        Files.write(directory.resolve("a"), new byte[] {5});
        DirectoryFiles files = DirectoryFiles.open(directory);
        MemorySegment mapped = files.map("a");
        assertThat(mapped.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 5);
        assertThat(mapped.isReadOnly()).isTrue();
        files.close();
        files.close();
        assertThatThrownBy(() -> mapped.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesADirectoryThatIsNotThere() throws IOException {
        Path absent = directory.resolve("absent");
        assertThatThrownBy(() -> DirectoryFiles.open(absent))
                .hasMessage(absent + ": there is no such directory."
                        + " Give the directory that holds config.json and the safetensors files");
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> DirectoryFiles.open(file))
                .hasMessage(file + ": is a file, not a directory."
                        + " Give the directory that holds config.json and the safetensors files");
    }

    @Test
    void refusesAFileThatIsMissingOrLarge() throws IOException {
        Files.write(directory.resolve("a"), new byte[11]);
        try (DirectoryFiles files = DirectoryFiles.open(directory)) {
            assertThat(files.read("a", 11)).hasSize(11);
            assertThatThrownBy(() -> files.read("a", 10))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessage(directory.resolve("a")
                            + ": is 11 bytes long, more than the 10 that such a file may have."
                            + " Check that it is the published file");
            assertThatThrownBy(() -> files.map("b"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessage(directory.resolve("b") + ": there is no such file. Download the model again");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../a", "..", ".", "/a", "a/b"})
    void refusesANameThatIsAPath(String name) {
        try (DirectoryFiles files = DirectoryFiles.open(directory)) {
            assertThatThrownBy(() -> files.exists(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("not a plain file name: " + name);
        }
    }

    private static Tensor tensor(Checkpoint checkpoint, String name) {
        return Objects.requireNonNull(checkpoint.tensors().get(name));
    }
}
