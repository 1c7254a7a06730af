package dev.hadal.nano;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.checkpoint.CheckpointException;
import dev.hadal.checkpoint.ModelFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EmbeddedModelTest {
    private static final Path SOURCE = Path.of("src/main/resources/dev/hadal/nano/model");
    private static final String SHARD = "model-00001-of-00001.safetensors";

    @Test
    void listsExactlyTheFilesThatItCarries() throws IOException {
        try (ModelFiles files = EmbeddedModel.files();
                Stream<Path> source = Files.list(SOURCE)) {
            assertThat(files.names())
                    .isSorted()
                    .containsExactlyInAnyOrderElementsOf(
                            source.map(Path::getFileName).map(Path::toString).toList());
            assertThat(files.origin()).isEqualTo("embedded model");
        }
    }

    @Test
    void givesEveryFileByteByByte() throws IOException {
        try (ModelFiles files = EmbeddedModel.files()) {
            for (String name : files.names()) {
                byte[] expected = Files.readAllBytes(SOURCE.resolve(name));
                assertThat(files.exists(name)).isTrue();
                assertThat(files.size(name)).isEqualTo(expected.length);
                assertThat(files.read(name, expected.length)).isEqualTo(expected);
                assertThat(files.map(name).mismatch(MemorySegment.ofArray(expected)))
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    void readsTheShardOnceIntoAlignedReadOnlyMemory() {
        try (ModelFiles files = EmbeddedModel.files()) {
            MemorySegment shard = files.map(SHARD);
            assertThat(shard.isReadOnly()).isTrue();
            assertThat(shard.address() % 64).isZero();
            assertThat(files.map(SHARD).address()).isEqualTo(shard.address());
        }
    }

    @Test
    void refusesFilesThatItDoesNotHave() {
        try (ModelFiles files = EmbeddedModel.files()) {
            assertThat(files.exists("../EmbeddedModel.class")).isFalse();
            assertThatThrownBy(() -> files.map("../EmbeddedModel.class"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessage("embedded model: ../EmbeddedModel.class: there is no such file. It has only "
                            + files.names());
        }
    }

    @Test
    void refusesToReadMoreThanAllowed() {
        try (ModelFiles files = EmbeddedModel.files()) {
            int size = files.read("config.json", 100_000).length;
            assertThat(new String(files.read("config.json", size), StandardCharsets.UTF_8))
                    .startsWith("{");
            assertThatThrownBy(() -> files.read("config.json", size - 1))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessage("embedded model: config.json: is " + size + " bytes long, more than the " + (size - 1)
                            + " that such a file may have. The program itself is damaged; install it again");
        }
    }

    @Test
    void memoryIsGoneAfterClose() {
        ModelFiles files = EmbeddedModel.files();
        MemorySegment shard = files.map(SHARD);
        files.close();
        files.close();
        assertThatThrownBy(() -> shard.get(ValueLayout.JAVA_BYTE, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Already closed");
    }
}
