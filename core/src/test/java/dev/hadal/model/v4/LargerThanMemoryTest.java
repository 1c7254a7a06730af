package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.checkpoint.SafetensorsWriter;
import dev.hadal.tensor.TensorSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargerThanMemoryTest {
    private static final long HEAP_MIB = 64;
    private static final int VOCABULARY = 800_000;

    @TempDir
    private Path directory;

    /** Nearly all of its bytes are zeros that the file system does not store, but mapping and reading see them. */
    @Test
    void aModelLargerThanTheHeapStaysMappedAndRuns() throws IOException, InterruptedException {
        TinyModel model =
                new TinyModel().set("vocab_size", Integer.toString(VOCABULARY)).set("num_hash_layers", "0");
        List<TensorSpec> tensors = V4Inventory.of(model.config()).tensors();
        byte[] header = SafetensorsWriter.header(tensors);
        long bytes =
                header.length + tensors.stream().mapToLong(TensorSpec::byteSize).sum();
        assertThat(bytes).isGreaterThan((5 * HEAP_MIB) << 20);
        Files.writeString(directory.resolve("config.json"), model.json());
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve("model.safetensors").toFile(), "rw")) {
            file.write(header);
            file.setLength(bytes);
        }
        assertThat(finiteLogits()).isEqualTo(Integer.toString(VOCABULARY));
    }

    private String finiteLogits() throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        String classes = "target/test-classes:" + System.getProperty("jdk.module.path");
        Path errors = directory.resolve("errors");
        Process process = new ProcessBuilder(
                        java.toString(),
                        "-Xmx" + HEAP_MIB + "m",
                        "-cp",
                        classes,
                        SparseModel.class.getName(),
                        directory.toString())
                .redirectError(errors.toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
        return output;
    }
}
