package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.checkpoint.MemoryFiles;
import dev.hadal.checkpoint.SafetensorsWriter;
import dev.hadal.kernel.Compute;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Kernels;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.SequenceState;
import dev.hadal.tensor.TensorSpec;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A model wide enough that few rows take all shorter ways there are, raised inputs and pairs of panels, computes with each
 * number of rows what plain kernels compute on mapped weights, and those compute it in pieces that a tile can hold.
 */
class FewRowsTest {
    private static final int LENGTH = 24;

    private final TinyModel tiny = new TinyModel()
            .set("hidden_size", "512")
            .set("q_lora_rank", "256")
            .set("num_attention_heads", "4")
            .set("moe_intermediate_size", "128")
            .set("n_routed_experts", "4")
            .set("num_hash_layers", "0")
            .set("vocab_size", "64");

    @ParameterizedTest
    @CsvSource({"true, 1", "true, 2", "true, 3", "true, 7", "true, 8", "true, 16", "false, 1", "false, 9"})
    void anyNumberOfRowsGivesTheBitsOfMappedWeights(boolean packed, int chunk) {
        Kernels kernels = packed ? KernelSelector.vector(512) : KernelSelector.scalar();
        try (Checkpoint checkpoint = Checkpoint.open(files());
                DeepSeekV4 mapped = model(checkpoint, KernelSelector.scalar(), false);
                DeepSeekV4 other = model(checkpoint, kernels, packed)) {
            float[] expected = logits(mapped, LENGTH);
            assertThat(expected).doesNotContain(Float.NaN).doesNotHaveDuplicates();
            assertThat(logits(other, chunk)).containsExactly(expected);
        }
    }

    private static DeepSeekV4 model(Checkpoint checkpoint, Kernels kernels, boolean packed) {
        V4Config config = GoldenCheckpoint.config(checkpoint);
        DeepSeekV4.Options options = new DeepSeekV4.Options(NumericsMode.W4A8, LENGTH, packed, checkpoint::fingerprint);
        return new DeepSeekV4(config, V4Binder.bind(checkpoint, config), new Compute(kernels, 2), options);
    }

    /** Logits of the last token, the sequence computed so many tokens at a time. */
    private static float[] logits(DeepSeekV4 model, int chunk) {
        int[] ids = new Random(7).ints(LENGTH, 0, 64).toArray();
        Logits logits = new Logits(1, 64);
        try (SequenceState state = model.newState()) {
            for (int from = 0; from < LENGTH; from += chunk) {
                int to = Math.min(LENGTH, from + chunk);
                Batch batch = new Batch();
                batch.add(state, ids, from, to, to == LENGTH ? Batch.Wanted.LAST : Batch.Wanted.NONE);
                model.forward(batch, logits);
            }
        }
        return logits.values().clone();
    }

    private MemoryFiles files() {
        var tensors = V4Inventory.of(tiny.config()).tensors();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(SafetensorsWriter.header(tensors));
        Random random = new Random(8);
        tensors.forEach(tensor -> file.writeBytes(values(tensor, random)));
        return new MemoryFiles().with("config.json", tiny.json()).with("model.safetensors", file.toByteArray());
    }

    /** Random values of a trained model's size. */
    private static byte[] values(TensorSpec tensor, Random random) {
        byte[] bytes = new byte[Math.toIntExact(tensor.byteSize())];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            float value = (float) random.nextGaussian() * 0.25f;
            switch (tensor.dtype()) {
                case F32 -> buffer.putFloat(value);
                case BF16 -> buffer.putShort((short) (Float.floatToIntBits(value) >>> 16));
                case F8_E8M0 -> buffer.put((byte) (119 + random.nextInt(3)));
                case F8_E4M3, I8 -> {
                    int code = random.nextInt(256);
                    buffer.put((byte) ((code & 0x7f) == 0x7f ? 0 : code));
                }
                case I64 -> buffer.putLong(0);
            }
        }
        return bytes;
    }
}
