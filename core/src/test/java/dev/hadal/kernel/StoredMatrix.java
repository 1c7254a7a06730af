package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.tensor.DType;
import dev.hadal.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A random matrix as a checkpoint stores it, beside its exact values, decoded here from the formats' definitions. */
record StoredMatrix(Tensor weight, @Nullable Tensor scale, double[][] values) {
    private static final double[] E2M1 = {0, 0.5, 1, 1.5, 2, 3, 4, 6};

    enum Format {
        FP8,
        FP8_WITH_FLOAT_SCALES,
        FP4,
        FP4_WITH_FLOAT_SCALES,
        BF16,
        F32;

        /** FP4 matrices have an even number of inputs. */
        int inputsPerByteGroup() {
            return this == FP4 || this == FP4_WITH_FLOAT_SCALES ? 2 : 1;
        }
    }

    static StoredMatrix random(Format format, int outputs, int inputs, Random random) {
        return switch (format) {
            case FP8 -> fp8(outputs, inputs, powers(outputs, 128, inputs, 128, random), random);
            case FP8_WITH_FLOAT_SCALES -> fp8(outputs, inputs, floats(outputs, 128, inputs, 128, random), random);
            case FP4 -> fp4(outputs, inputs, powers(outputs, 1, inputs, 32, random), random);
            case FP4_WITH_FLOAT_SCALES -> fp4(outputs, inputs, floats(outputs, 1, inputs, 32, random), random);
            case BF16 -> wide(outputs, inputs, DType.BF16, random);
            case F32 -> wide(outputs, inputs, DType.F32, random);
        };
    }

    int outputs() {
        return values.length;
    }

    int inputs() {
        return values[0].length;
    }

    Linear linear() {
        return new Linear(weight, scale);
    }

    /** Compares one output with the exact product, allowing for the rounding of as many additions. */
    void check(float actual, int output, Rows x, int xAt) {
        double sum = 0;
        double magnitude = 0;
        for (int k = 0; k < inputs(); k++) {
            double product = values[output][k] * x.data()[xAt + k];
            sum += product;
            magnitude += Math.abs(product);
        }
        assertThat(Math.abs(actual - sum)).isLessThanOrEqualTo(1e-5 * magnitude);
    }

    /** A table of scales, as stored and as numbers. */
    private record Scales(Tensor tensor, double[][] values) {}

    private static Scales powers(int outputs, int outputBlock, int inputs, int inputBlock, Random random) {
        int rows = Math.ceilDiv(outputs, outputBlock);
        int columns = Math.ceilDiv(inputs, inputBlock);
        double[][] values = new double[rows][columns];
        ByteBuffer codes = ByteBuffer.allocate(rows * columns);
        for (double[] row : values) {
            for (int i = 0; i < columns; i++) {
                int code = 117 + random.nextInt(20);
                codes.put((byte) code);
                row[i] = Math.pow(2, code - 127);
            }
        }
        return new Scales(tensor("scale", DType.F8_E8M0, rows, columns, codes), values);
    }

    private static Scales floats(int outputs, int outputBlock, int inputs, int inputBlock, Random random) {
        int rows = Math.ceilDiv(outputs, outputBlock);
        int columns = Math.ceilDiv(inputs, inputBlock);
        double[][] values = new double[rows][columns];
        ByteBuffer stored = bytes(4 * rows * columns);
        for (double[] row : values) {
            for (int i = 0; i < columns; i++) {
                float value = random.nextFloat() + 0.01f;
                stored.putFloat(value);
                row[i] = value;
            }
        }
        return new Scales(tensor("scale", DType.F32, rows, columns, stored), values);
    }

    private static StoredMatrix fp8(int outputs, int inputs, Scales scales, Random random) {
        double[][] values = new double[outputs][inputs];
        ByteBuffer codes = ByteBuffer.allocate(outputs * inputs);
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                int code = random.nextInt(127) | random.nextInt(2) << 7;
                codes.put((byte) code);
                values[o][i] = e4m3(code) * scales.values[o / 128][i / 128];
            }
        }
        return new StoredMatrix(tensor("weight", DType.F8_E4M3, outputs, inputs, codes), scales.tensor, values);
    }

    private static double e4m3(int code) {
        int exponent = code >> 3 & 15;
        double mantissa = (code & 7) / 8.0;
        double magnitude = exponent == 0 ? mantissa * Math.pow(2, -6) : (1 + mantissa) * Math.pow(2, exponent - 7);
        return code >= 128 ? -magnitude : magnitude;
    }

    private static StoredMatrix fp4(int outputs, int inputs, Scales scales, Random random) {
        double[][] values = new double[outputs][inputs];
        ByteBuffer packed = ByteBuffer.allocate(outputs * inputs / 2);
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i += 2) {
                int low = random.nextInt(16);
                int high = random.nextInt(16);
                packed.put((byte) (low | high << 4));
                values[o][i] = e2m1(low) * scales.values[o][i / 32];
                values[o][i + 1] = e2m1(high) * scales.values[o][(i + 1) / 32];
            }
        }
        return new StoredMatrix(tensor("weight", DType.I8, outputs, inputs / 2, packed), scales.tensor, values);
    }

    private static double e2m1(int nibble) {
        return nibble < 8 ? E2M1[nibble] : -E2M1[nibble - 8];
    }

    private static StoredMatrix wide(int outputs, int inputs, DType dtype, Random random) {
        double[][] values = new double[outputs][inputs];
        ByteBuffer stored = bytes(outputs * inputs * dtype.bytes());
        for (double[] row : values) {
            for (int i = 0; i < inputs; i++) {
                int bits = Float.floatToRawIntBits(Numbers.ordinary(random, 1)[0]);
                if (dtype == DType.BF16) {
                    stored.putShort((short) (bits >>> 16));
                    bits &= 0xffff0000;
                } else {
                    stored.putInt(bits);
                }
                row[i] = Float.intBitsToFloat(bits);
            }
        }
        return new StoredMatrix(tensor("weight", dtype, outputs, inputs, stored), null, values);
    }

    private static ByteBuffer bytes(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Tensor tensor(String name, DType dtype, long rows, long columns, ByteBuffer data) {
        return new Tensor(name, dtype, new long[] {rows, columns}, MemorySegment.ofBuffer(data.rewind()));
    }
}
