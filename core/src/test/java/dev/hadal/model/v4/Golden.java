package dev.hadal.model.v4;

import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.checkpoint.DirectoryFiles;
import dev.hadal.checkpoint.SafetensorsFile;
import dev.hadal.kernel.Compute;
import dev.hadal.kernel.Kernels;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.SequenceState;
import dev.hadal.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** A golden checkpoint beside its recorded outputs, and the few steps every test over it needs. */
final class Golden implements AutoCloseable {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final DirectoryFiles files;
    private final Checkpoint checkpoint;
    private final Map<String, Tensor> recorded;
    final V4Config config;
    final V4Weights weights;

    private Golden(String name) {
        files = DirectoryFiles.open(Path.of("src/test/resources/golden", name));
        checkpoint = Checkpoint.open(files);
        config = V4Config.parse(checkpoint.configJson(), checkpoint.configOrigin());
        weights = V4Binder.bind(checkpoint, config);
        recorded = SafetensorsFile.parse("golden.safetensors", files.map("golden.safetensors"))
                .tensors();
    }

    static Golden open(String name) {
        return new Golden(name);
    }

    /** A model that computes alone, with up to 600 rows a batch. */
    DeepSeekV4 model(NumericsMode numerics, Kernels kernels, int threads) {
        return model(numerics, kernels, threads, false);
    }

    /** The same, with the matrices packed or where they are mapped. */
    DeepSeekV4 model(NumericsMode numerics, Kernels kernels, int threads, boolean packed) {
        return new DeepSeekV4(
                config,
                weights,
                new Compute(kernels, threads),
                new DeepSeekV4.Options(numerics, 600, packed, () -> "golden"));
    }

    /** The same on fast kernels and one thread. */
    DeepSeekV4 model(NumericsMode numerics) {
        return model(numerics, FastKernels.INSTANCE, 1);
    }

    /** Its configuration, as text that a test may change. */
    String json() {
        return new String(checkpoint.configJson(), StandardCharsets.UTF_8);
    }

    float[] floats(String tensor) {
        return tensor(tensor).floats();
    }

    int[] ints(String tensor) {
        Tensor t = tensor(tensor);
        int[] values = new int[Math.toIntExact(t.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.toIntExact(t.data().get(LONG, (long) i * Long.BYTES));
        }
        return values;
    }

    private Tensor tensor(String name) {
        return Objects.requireNonNull(recorded.get(name), name);
    }

    int[] ids() {
        return ints("ids");
    }

    /** Logits of all positions, computed in chunks of the given size. */
    float[] logits(DeepSeekV4 model, int[] ids, int chunk) {
        return logits(model, model.newState(), ids, chunk);
    }

    /** Logits of all given tokens as the continuation of a state. */
    float[] logits(DeepSeekV4 model, SequenceState state, int[] ids, int chunk) {
        int vocabulary = config.vocabSize();
        float[] all = new float[ids.length * vocabulary];
        Logits logits = new Logits(chunk, vocabulary);
        Batch batch = new Batch();
        for (int from = 0; from < ids.length; from += chunk) {
            int to = Math.min(ids.length, from + chunk);
            batch.clear();
            batch.add(state, ids, from, to, Batch.Wanted.ALL);
            model.forward(batch, logits);
            System.arraycopy(logits.values(), 0, all, from * vocabulary, (to - from) * vocabulary);
        }
        return all;
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}
