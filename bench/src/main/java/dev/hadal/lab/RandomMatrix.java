package dev.hadal.lab;

import dev.hadal.kernel.Linear;
import dev.hadal.tensor.DType;
import dev.hadal.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Random;

/**
 * A matrix of random codes, whose products stay finite.
 *
 * @param format how it is stored
 * @param outputs rows of the matrix
 * @param inputs columns of the matrix
 */
record RandomMatrix(Format format, int outputs, int inputs) {
    enum Format {
        FP8,
        FP4,
        BF16,
        F32
    }

    /** Reads {@code fp8:512x2048}: format, outputs, inputs. */
    static RandomMatrix parse(String text) {
        String[] parts = text.split("[:x]", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("a matrix is given as fp8:512x2048, not as " + text);
        }
        Format format = Format.valueOf(parts[0].toUpperCase(Locale.ROOT));
        return new RandomMatrix(format, Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    Linear linear() {
        return switch (format) {
            case FP8 -> new Linear(weight(DType.F8_E4M3, inputs, 1), scale(Math.ceilDiv(outputs, 128), 128));
            case FP4 -> new Linear(weight(DType.I8, inputs / 2, 1), scale(outputs, 32));
            case BF16 -> new Linear(weight(DType.BF16, inputs, 2), null);
            case F32 -> new Linear(weight(DType.F32, inputs, 4), null);
        };
    }

    /** The highest byte of a value gets a small exponent: neither NaN nor huge. */
    private Tensor weight(DType type, int columns, int bytesEach) {
        byte[] bytes = new byte[outputs * columns * bytesEach];
        new Random(1).nextBytes(bytes);
        for (int i = bytesEach - 1; i < bytes.length && format != Format.FP4; i += bytesEach) {
            bytes[i] = (byte) ((bytes[i] & 0x83) | 0x3c);
        }
        return new Tensor("weight", type, new long[] {outputs, columns}, MemorySegment.ofArray(bytes));
    }

    private Tensor scale(int rows, int block) {
        int columns = Math.ceilDiv(inputs, block);
        byte[] bytes = new byte[rows * columns];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (120 + i % 8);
        }
        return new Tensor("scale", DType.F8_E8M0, new long[] {rows, columns}, MemorySegment.ofArray(bytes));
    }

    @Override
    public String toString() {
        return format.name().toLowerCase(Locale.ROOT) + ":" + outputs + "x" + inputs;
    }
}
