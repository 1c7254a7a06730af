package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.checkpoint.DirectoryFiles;
import dev.hadal.checkpoint.SafetensorsWriter;
import dev.hadal.kernel.Compute;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.model.NumericsMode;
import dev.hadal.tensor.TensorSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose weights are copied keeps next to nothing of its files mapped beside the copy. */
class PackedResidencyTest {
    private static final Path MAPPINGS = Path.of("/proc/self/smaps");

    @TempDir
    private Path directory;

    @Test
    void packedWeightsAreNotInMemoryTwice() throws IOException {
        assumeTrue(Files.isReadable(MAPPINGS), "only Linux tells which pages of a file are mapped");
        TinyModel tiny = new TinyModel()
                .set("hidden_size", "512")
                .set("moe_intermediate_size", "256")
                .set("n_routed_experts", "96")
                .set("num_hash_layers", "0");
        write(tiny);
        try (Checkpoint checkpoint = Checkpoint.open(DirectoryFiles.open(directory))) {
            V4Config config = GoldenCheckpoint.config(checkpoint);
            DeepSeekV4.Options options = new DeepSeekV4.Options(NumericsMode.QAT, 3, true, checkpoint::fingerprint);
            try (DeepSeekV4 model = new DeepSeekV4(
                    config, V4Binder.bind(checkpoint, config), new Compute(KernelSelector.scalar(), 2), options)) {
                assertThat(model.packedBytes()).isGreaterThan(50L << 20);
                assertThat(mappedBytes()).isLessThan(model.packedBytes() / 20);
            }
        }
    }

    /** Bytes that are ordinary as a code of any format and as a scale. */
    private void write(TinyModel tiny) throws IOException {
        List<TensorSpec> tensors = V4Inventory.of(tiny.config()).tensors();
        Files.writeString(directory.resolve("config.json"), tiny.json());
        byte[] block = new byte[1 << 20];
        Arrays.fill(block, (byte) 0x3c);
        try (OutputStream file = Files.newOutputStream(directory.resolve("model.safetensors"))) {
            file.write(SafetensorsWriter.header(tensors));
            long rest = tensors.stream().mapToLong(TensorSpec::byteSize).sum();
            for (; rest > 0; rest -= Math.min(rest, block.length)) {
                file.write(block, 0, (int) Math.min(rest, block.length));
            }
        }
    }

    /** Memory of this process that holds pages of the model's file. */
    private long mappedBytes() throws IOException {
        String file = directory.resolve("model.safetensors").toRealPath().toString();
        long kibibytes = 0;
        boolean ours = false;
        boolean seen = false;
        for (String line : Files.readAllLines(MAPPINGS)) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                ours = line.endsWith(file);
                seen |= ours;
            } else if (ours && line.startsWith("Rss:")) {
                kibibytes += Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        assertThat(seen).as("a mapping of %s", file).isTrue();
        return kibibytes << 10;
    }
}
