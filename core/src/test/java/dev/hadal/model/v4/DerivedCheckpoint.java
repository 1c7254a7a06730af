package dev.hadal.model.v4;

import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.checkpoint.MemoryFiles;
import dev.hadal.checkpoint.SafetensorsWriter;
import dev.hadal.kernel.Compute;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.NumericsMode;
import dev.hadal.tensor.DType;
import dev.hadal.tensor.Formats;
import dev.hadal.tensor.Tensor;
import dev.hadal.tensor.TensorSpec;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

/** A golden checkpoint written in another way: one file in memory, whose tensors and configuration a test rewrites. */
final class DerivedCheckpoint {
    private final Map<String, Tensor> tensors = new TreeMap<>();
    private String config;

    DerivedCheckpoint(String name) {
        // Its files stay mapped until the process ends, as the tensors here are slices of them.
        Checkpoint checkpoint = GoldenCheckpoint.open(name);
        tensors.putAll(checkpoint.tensors());
        config = new String(checkpoint.configJson(), StandardCharsets.UTF_8);
    }

    DerivedCheckpoint configure(Function<String, String> change) {
        String changed = change.apply(config);
        if (changed.equals(config)) {
            throw new IllegalArgumentException("the configuration does not change");
        }
        config = changed;
        return this;
    }

    DerivedCheckpoint without(String prefix) {
        tensors.keySet().removeIf(name -> name.startsWith(prefix));
        return this;
    }

    DerivedCheckpoint with(String name, DType dtype, byte[] content, long... shape) {
        tensors.put(name, new Tensor(name, dtype, shape, MemorySegment.ofArray(content)));
        return this;
    }

    /** Writes all scales as floats, which says the same in four bytes. */
    DerivedCheckpoint withFloatScales() {
        for (Tensor tensor : List.copyOf(tensors.values())) {
            if (tensor.dtype() == DType.F8_E8M0) {
                byte[] codes = tensor.data().toArray(ValueLayout.JAVA_BYTE);
                ByteBuffer floats =
                        ByteBuffer.allocate(codes.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                for (byte code : codes) {
                    floats.putFloat(Formats.e8m0(code));
                }
                with(tensor.name(), DType.F32, floats.array(), tensor.dim(0), tensor.dim(1));
            }
        }
        return this;
    }

    /** Writes the routed experts in FP8 without loss, as the official converter can (architecture.md 6.3). */
    DerivedCheckpoint withFp8Experts() {
        for (Tensor tensor : List.copyOf(tensors.values())) {
            if (tensor.dtype() == DType.I8) {
                String scale = tensor.name().replace(".weight", ".scale");
                writeFp8(tensor, Objects.requireNonNull(tensors.get(scale)));
            }
        }
        return this;
    }

    private void writeFp8(Tensor weight, Tensor scale) {
        int outputs = weight.dim(0);
        int inputs = 2 * weight.dim(1);
        int tiles = Math.ceilDiv(inputs, 128);
        byte[] tileScales = new byte[Math.ceilDiv(outputs, 128) * tiles];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i += 32) {
                int tile = o / 128 * tiles + i / 128;
                int code = groupScale(scale, o, i) - 6; // a 64th
                tileScales[tile] = (byte) Math.max(tileScales[tile] & 0xff, code);
            }
        }
        byte[] codes = new byte[outputs * inputs];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                int pair = weight.data().get(ValueLayout.JAVA_BYTE, (long) o * inputs / 2 + i / 2);
                float value = Formats.e2m1(i % 2 == 0 ? pair & 15 : pair >> 4 & 15);
                int shift = groupScale(scale, o, i) - (tileScales[o / 128 * tiles + i / 128] & 0xff);
                codes[o * inputs + i] = exact(Math.scalb(value, shift));
            }
        }
        with(weight.name(), DType.F8_E4M3, codes, outputs, inputs);
        with(scale.name(), DType.F8_E8M0, tileScales, tileScales.length / tiles, tiles);
    }

    private static int groupScale(Tensor scale, int output, int input) {
        return scale.data().get(ValueLayout.JAVA_BYTE, (long) output * scale.dim(1) + input / 32) & 0xff;
    }

    private static byte exact(float value) {
        byte code = Formats.toE4m3(value);
        if (Formats.e4m3(code) != value) {
            throw new IllegalArgumentException(value + " is not an FP8 value");
        }
        return code;
    }

    private Checkpoint open() {
        List<TensorSpec> specs = new ArrayList<>();
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        tensors.values().forEach(tensor -> specs.add(tensor.spec()));
        content.writeBytes(SafetensorsWriter.header(specs));
        tensors.values().forEach(tensor -> content.writeBytes(tensor.data().toArray(ValueLayout.JAVA_BYTE)));
        return Checkpoint.open(
                new MemoryFiles().with("config.json", config).with("model.safetensors", content.toByteArray()));
    }

    /** What the binder left out. */
    List<String> notes() {
        try (Checkpoint checkpoint = open()) {
            return V4Binder.bind(checkpoint, GoldenCheckpoint.config(checkpoint))
                    .notes();
        }
    }

    /** The logits of all positions in fp32. */
    float[] logits(int[] ids) {
        try (Checkpoint checkpoint = open()) {
            V4Config parsed = GoldenCheckpoint.config(checkpoint);
            DeepSeekV4.Options options =
                    new DeepSeekV4.Options(NumericsMode.FP32, ids.length, false, checkpoint::fingerprint);
            try (DeepSeekV4 model = new DeepSeekV4(
                    parsed, V4Binder.bind(checkpoint, parsed), new Compute(KernelSelector.scalar(), 2), options)) {
                Logits logits = new Logits(ids.length, parsed.vocabSize());
                model.forward(new Batch().add(model.newState(), ids, 0, ids.length, Batch.Wanted.ALL), logits);
                return logits.values();
            }
        }
    }
}
