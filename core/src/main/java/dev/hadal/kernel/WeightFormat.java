package dev.hadal.kernel;

import dev.hadal.tensor.DType;
import dev.hadal.tensor.Formats;
import dev.hadal.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** How a stored matrix becomes panels: one implementation for each storage format (architecture.md 6.3). */
sealed interface WeightFormat {
    ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Bytes that {@code inputs} weights of one output take. */
    int bytes(int inputs);

    /** Inputs that share a scale. */
    int block();

    /** Decodes stored bytes of one output into a lane: {@code inputs} weights from {@code bytes}. */
    void decode(byte[] bytes, int inputs, Panel panel, int lane);

    /** The scale of a block of one output. */
    float scale(int output, int input);

    /** Lets go of mapped pages of the scales; what reads them again maps them again. */
    void releaseScales();

    /** How such a matrix is packed; null if it is better left as it is. */
    PackedMatrix.@Nullable Format packing();

    /** The format of a weight and its scale, from their types; {@code scale} is absent for BF16 and F32. */
    static WeightFormat of(Tensor weight, @Nullable Tensor scale) {
        return switch (weight.dtype()) {
            case F8_E4M3 -> new Fp8(scales(weight, scale));
            case I8 -> new Fp4(scales(weight, scale));
            case BF16 -> new Bf16();
            case F32 -> new F32();
            case F8_E8M0, I64 ->
                throw new IllegalArgumentException(
                        weight.name() + ": a matrix of type " + weight.dtype() + " cannot be multiplied");
        };
    }

    private static Scales scales(Tensor weight, @Nullable Tensor scale) {
        if (scale == null) {
            throw new IllegalArgumentException(
                    weight.name() + ": a matrix of type " + weight.dtype() + " needs a scale");
        }
        return new Scales(scale.data(), scale.dtype() == DType.F32, scale.dim(1));
    }

    /** A table of scales, powers of two (E8M0) or floats, row-major. */
    record Scales(MemorySegment data, boolean floats, int columns) {
        float at(int row, int column) {
            long index = (long) row * columns + column;
            return floats ? data.get(FLOAT, index * Float.BYTES) : Formats.e8m0(data.get(ValueLayout.JAVA_BYTE, index));
        }

        void release() {
            if (data.isMapped()) {
                data.unload();
            }
        }
    }

    /** FP8 e4m3 with a scale for each tile of 128 outputs and 128 inputs. */
    record Fp8(Scales scales) implements WeightFormat {
        @Override
        public PackedMatrix.Format packing() {
            return PackedMatrix.Format.FP8;
        }

        @Override
        public int bytes(int inputs) {
            return inputs;
        }

        @Override
        public int block() {
            return 128;
        }

        @Override
        public void decode(byte[] bytes, int inputs, Panel panel, int lane) {
            for (int k = 0, to = lane; k < inputs; k++, to += Panel.LANES) {
                panel.weights[to] = Formats.e4m3(bytes[k]);
            }
        }

        @Override
        public float scale(int output, int input) {
            return scales.at(output / 128, input / 128);
        }

        @Override
        public void releaseScales() {
            scales.release();
        }
    }

    /** Two e2m1 values a byte, the even input in the low nibble, with a scale for 32 inputs of one output. */
    record Fp4(Scales scales) implements WeightFormat {
        @Override
        public PackedMatrix.Format packing() {
            return PackedMatrix.Format.FP4;
        }

        @Override
        public int bytes(int inputs) {
            return inputs / 2;
        }

        @Override
        public int block() {
            return 32;
        }

        @Override
        public void decode(byte[] bytes, int inputs, Panel panel, int lane) {
            for (int k = 0, to = lane; k < inputs / 2; k++, to += 2 * Panel.LANES) {
                panel.weights[to] = Formats.e2m1(bytes[k] & 15);
                panel.weights[to + Panel.LANES] = Formats.e2m1(bytes[k] >> 4 & 15);
            }
        }

        @Override
        public float scale(int output, int input) {
            return scales.at(output, input / 32);
        }

        @Override
        public void releaseScales() {
            scales.release();
        }
    }

    /** The upper halves of floats. */
    record Bf16() implements WeightFormat {
        @Override
        public PackedMatrix.Format packing() {
            return PackedMatrix.Format.BF16;
        }

        @Override
        public int bytes(int inputs) {
            return inputs * 2;
        }

        @Override
        public int block() {
            return 128;
        }

        @Override
        public void decode(byte[] bytes, int inputs, Panel panel, int lane) {
            for (int k = 0, to = lane; k < inputs; k++, to += Panel.LANES) {
                int bits = (bytes[2 * k] & 0xff) << 16 | bytes[2 * k + 1] << 24;
                panel.weights[to] = Float.intBitsToFloat(bits);
            }
        }

        @Override
        public float scale(int output, int input) {
            return 1f;
        }

        @Override
        public void releaseScales() {}
    }

    /** Floats, little endian. */
    record F32() implements WeightFormat {
        @Override
        public PackedMatrix.@Nullable Format packing() {
            return null;
        }

        @Override
        public int bytes(int inputs) {
            return inputs * Float.BYTES;
        }

        @Override
        public int block() {
            return 128;
        }

        @Override
        public void decode(byte[] bytes, int inputs, Panel panel, int lane) {
            MemorySegment floats = MemorySegment.ofArray(bytes);
            for (int k = 0, to = lane; k < inputs; k++, to += Panel.LANES) {
                panel.weights[to] = floats.get(FLOAT, (long) k * Float.BYTES);
            }
        }

        @Override
        public float scale(int output, int input) {
            return 1f;
        }

        @Override
        public void releaseScales() {}
    }
}
