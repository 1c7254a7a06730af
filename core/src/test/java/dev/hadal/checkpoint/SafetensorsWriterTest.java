package dev.hadal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.tensor.DType;
import dev.hadal.tensor.TensorSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
    private static final List<TensorSpec> TENSORS =
            List.of(TensorSpec.of("logits", DType.F32, 2, 3), TensorSpec.of("mtp", DType.F32, 1, 3));

    @TempDir
    Path directory;

    @Test
    void writesTheHeaderOfTheOfficialFormat() {
        byte[] header = SafetensorsWriter.header(TENSORS);
        assertThat(new String(header, 8, header.length - 8, StandardCharsets.UTF_8))
                .isEqualTo("{\"logits\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                        + "\"mtp\":{\"dtype\":\"F32\",\"shape\":[1,3],\"data_offsets\":[24,36]}}"
                        + "       ");
        assertThat(header).startsWith(header.length - 8, 0, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void takesTheRowsOfSeveralTensorsInAnyInterleaving() throws IOException {
        Path file = directory.resolve("out.safetensors");
        Files.writeString(file, "an older file");
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, TENSORS)) {
            writer.append("logits", new float[] {1, 2, 3});
            writer.append("mtp", new float[] {7, 8, 9});
            writer.append("logits", new float[] {4, 5, 6});
            assertThat(file).hasContent("an older file");
            writer.finish();
        }
        SafetensorsFile written = SafetensorsFile.parse("out", MemorySegment.ofArray(Files.readAllBytes(file)));
        assertThat(floats(written, "logits")).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(floats(written, "mtp")).containsExactly(7, 8, 9);
        assertThat(directory).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void leavesNothingBehindWhenNotFinished() {
        Path file = directory.resolve("out.safetensors");
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, TENSORS)) {
            writer.append("logits", new float[] {1, 2, 3});
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void refusesToFinishAnIncompleteTensor() {
        Path file = directory.resolve("out.safetensors");
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, TENSORS)) {
            writer.append("logits", new float[] {1, 2, 3});
            assertThatThrownBy(writer::finish)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("tensor logits in " + file + " lacks 12 bytes");
        }
    }

    @Test
    void refusesMoreThanTheShapeHolds() {
        Path file = directory.resolve("out.safetensors");
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, TENSORS)) {
            assertThatThrownBy(() -> writer.append("mtp", new float[4]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("tensor mtp in " + file + " has room for 12 more bytes, not 16");
            assertThatThrownBy(() -> writer.append("x", new float[1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no tensor x in " + file);
        }
    }

    @Test
    void refusesATensorThatIsListedTwice() {
        Path file = directory.resolve("out.safetensors");
        TensorSpec x = TensorSpec.of("x", DType.I8, 1);
        assertThatThrownBy(() -> SafetensorsWriter.create(file, List.of(x, x)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor x is listed twice for " + file);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void refusesAPlaceThatCannotHoldAFile() {
        assertThatThrownBy(() -> SafetensorsWriter.create(directory, TENSORS))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(directory + ": exists and is not a file. Choose another name");
        Path absent = directory.resolve("absent/out");
        assertThatThrownBy(() -> SafetensorsWriter.create(absent, TENSORS))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(absent + ".part: cannot be written: " + absent + ".part. Check permissions and disk space");
    }

    private static float[] floats(SafetensorsFile file, String tensor) {
        return Objects.requireNonNull(file.tensors().get(tensor)).data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
}
