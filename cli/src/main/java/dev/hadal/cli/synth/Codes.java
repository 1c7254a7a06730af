package dev.hadal.cli.synth;

import dev.hadal.tensor.DType;
import dev.hadal.tensor.Formats;
import dev.hadal.tensor.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntUnaryOperator;

/**
 * What the elements of a tensor are drawn from: {@value #COUNT} equally likely codes in its storage format. Drawing is
 * a table look-up whatever the format, so writing keeps up with a disk.
 *
 * <p>Quantised weights have codes of a fixed spread, whose remaining factor is the scale. Scales vary by a factor of
 * two either way, and are the same powers of two in both of their formats.
 */
final class Codes implements Elements {
    /** Bits of a random word that one element takes. */
    private static final int DRAW_BITS = 16;

    private static final int COUNT = 4096;
    private static final int PER_WORD = Long.SIZE / DRAW_BITS;
    private static final int NIBBLES = 64;
    private static final double[] NORMAL = normal(COUNT);
    private static final double[] COARSE_NORMAL = normal(NIBBLES);

    /** Least deviations of codes; the scale's exponent is chosen so that they are met and not doubled. */
    private static final double E4M3_DEVIATION = 32;

    private static final double E2M1_DEVIATION = 1.25;
    /** A quarter of the scales is halved, a quarter doubled, which makes the values larger by this factor. */
    private static final double SCALE_SPREAD = 1.25;

    private final TensorBits bits;
    private final int elementBytes;
    private final int[] codes;

    private Codes(TensorBits bits, DType dtype, IntUnaryOperator codeOf) {
        this.bits = bits;
        this.elementBytes = dtype.bytes();
        this.codes = new int[COUNT];
        for (int i = 0; i < COUNT; i++) {
            codes[i] = codeOf.applyAsInt(i);
        }
    }

    /** Codes of a tensor of numbers that is not a scale. */
    static Codes of(TensorSpec tensor, TensorBits bits) {
        Spread spread = Spread.of(tensor);
        DType dtype = tensor.dtype();
        return switch (dtype) {
            case F32 -> new Codes(bits, dtype, i -> Float.floatToRawIntBits(value(spread, i)));
            case BF16 -> new Codes(bits, dtype, i -> Formats.toBf16(value(spread, i)));
            case F8_E4M3, I8 -> quantised(bits, dtype, spread.deviation());
            case F8_E8M0, I64 -> throw new IllegalArgumentException("no numbers are drawn for " + tensor);
        };
    }

    /**
     * Codes of a table of scales.
     *
     * @param scale F8_E8M0 or F32
     * @param weight the matrix that it scales, F8_E4M3 or I8
     */
    static Codes ofScale(TensorSpec scale, TensorSpec weight, TensorBits bits) {
        int exponent = exponent(weight.dtype(), Spread.of(weight).deviation());
        return new Codes(bits, scale.dtype(), i -> {
            int varied = exponent + (i % 4 == 0 ? -1 : i % 4 == 1 ? 1 : 0);
            float value = Math.scalb(1f, varied);
            return scale.dtype() == DType.F32 ? Float.floatToRawIntBits(value) : varied + 127;
        });
    }

    private static Codes quantised(TensorBits bits, DType dtype, double deviation) {
        double factor = deviation / SCALE_SPREAD / Math.scalb(1.0, exponent(dtype, deviation));
        return dtype == DType.F8_E4M3
                ? new Codes(bits, dtype, i -> Formats.toE4m3((float) (factor * NORMAL[i])))
                : new Codes(bits, dtype, i -> nibble(factor, i % NIBBLES) | nibble(factor, i / NIBBLES) << 4);
    }

    private static int nibble(double factor, int i) {
        return Formats.toE2m1((float) (factor * COARSE_NORMAL[i]));
    }

    private static int exponent(DType dtype, double deviation) {
        double least = dtype == DType.F8_E4M3 ? E4M3_DEVIATION : E2M1_DEVIATION;
        return Math.getExponent(deviation / SCALE_SPREAD / least);
    }

    private static float value(Spread spread, int i) {
        return (float) (spread.mean() + spread.deviation() * NORMAL[i]);
    }

    @Override
    public int together() {
        return PER_WORD;
    }

    @Override
    public void draw(long first, byte[] buffer, int count) {
        ByteBuffer to = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
        long word = 0;
        for (int i = 0; i < count; i++) {
            word = i % PER_WORD == 0 ? bits.word((first + i) / PER_WORD) : word >>> DRAW_BITS;
            int code = codes[(int) word & COUNT - 1];
            switch (elementBytes) {
                case 1 -> buffer[i] = (byte) code;
                case 2 -> to.putShort(i * 2, (short) code);
                default -> to.putInt(i * 4, code);
            }
        }
    }

    /** Values that cut the normal distribution into equally likely parts, each in the middle of its part. */
    private static double[] normal(int count) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = quantile((i + 0.5) / count);
        }
        return values;
    }

    /** Bisects the cumulative distribution: slow, needed a few thousand times, and the same on every platform. */
    private static double quantile(double probability) {
        double low = -5;
        double high = 5;
        for (int step = 0; step < 50; step++) {
            double middle = (low + high) / 2;
            if (cumulative(middle) < probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The normal distribution's series {@code 1/2 + phi(x) (x + x^3/3 + x^5/(3 5) + ...)}. */
    private static double cumulative(double x) {
        double term = x;
        double sum = x;
        for (int n = 3; n < 200; n += 2) {
            term *= x * x / n;
            sum += term;
        }
        return 0.5 + sum * StrictMath.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }
}
