package dev.hadal.model.v4;

import dev.hadal.tensor.DType;
import dev.hadal.tensor.Formats;
import dev.hadal.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Small tensors in memory. */
final class Tensors {
    private Tensors() {}

    static float[] gaussian(Random random, int length, float deviation) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = deviation * (float) random.nextGaussian();
        }
        return values;
    }

    static Tensor f32(String name, float[] values, long... shape) {
        ByteBuffer bytes = buffer(values.length * Float.BYTES);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return new Tensor(name, DType.F32, shape, MemorySegment.ofBuffer(bytes.rewind()));
    }

    static Tensor bf16(String name, float[] values, long... shape) {
        ByteBuffer bytes = buffer(values.length * Short.BYTES);
        for (float value : values) {
            bytes.putShort(Formats.toBf16(value));
        }
        return new Tensor(name, DType.BF16, shape, MemorySegment.ofBuffer(bytes.rewind()));
    }

    static Tensor i64(String name, int[] values, long... shape) {
        ByteBuffer bytes = buffer(values.length * Long.BYTES);
        for (int value : values) {
            bytes.putLong(value);
        }
        return new Tensor(name, DType.I64, shape, MemorySegment.ofBuffer(bytes.rewind()));
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
