package dev.hadal.kernel;

import dev.hadal.tensor.Formats;
import java.util.Arrays;

/**
 * A weight matrix in memory, in its stored formats but another order: panel by panel, input by input, the lanes of one
 * input side by side. Decoding one token then reads memory front to back, and needs no sum across lanes.
 *
 * <p>Codes come in rows of {@value #ROW} ints, and int {@code l} of a row holds codes of the lanes {@code l} and
 * {@code 16 + l} only, so that shifts of whole ints and a mask lead to vectors of neighbouring outputs, whatever the
 * width. Lowest bits first, that is:
 *
 * <ul>
 *   <li>FP8: a byte each for lanes {@code l} and {@code 16 + l} of the inputs {@code i} and {@code 128 + i} of a group of
 *       {@value #PAIR}: inputs of two blocks, whose sums don't wait for each other. Inputs that fill no group come in
 *       pairs of neighbours;
 *   <li>BF16: the halves for lanes {@code l} and {@code 16 + l} of one input;
 *   <li>FP4: nibbles for lanes {@code l} and {@code 16 + l} of the inputs {@code i}, {@code 32 + i}, {@code 64 + i} and
 *       {@code 96 + i} of a group of {@value #GROUP}: inputs of four blocks, whose sums don't wait for each other. The 32
 *       rows of a group are followed by its scales, an int for each lane with the exponents of the four blocks.
 * </ul>
 */
public final class PackedMatrix {
    /** Ints of a row. */
    static final int ROW = 16;
    /** Inputs of a group of FP8. */
    static final int PAIR = 256;
    /** Inputs of a group of FP4. */
    static final int GROUP = 128;
    /** Ints of a group of FP4. */
    static final int GROUP_INTS = 32 * ROW;

    /** How codes are stored. */
    enum Format {
        /** e4m3, with one scale for all lanes of a panel. */
        FP8(128),
        /** e2m1, with a scale for each lane. */
        FP4(32),
        /** The upper half of a float. */
        BF16(128);

        /** Inputs that share a scale. */
        final int block;
        /** Always 1, which the compiler does not know: see {@link VectorPackedKernels}. */
        final int step;

        Format(int block) {
            this.block = block;
            this.step = 1;
        }
    }

    final Format format;
    final int inputs;
    /** Ints of a panel. */
    final int panelInts;

    private final int panels;
    /** Panels of this matrix stand this far apart in the arrays: 2 if those of another one lie between them. */
    private final int panelStep;
    /** Where the first panel begins in {@link #data}. */
    private final int firstCode;
    /** Where the first panel begins in {@link #exponents}. */
    private final int firstExponent;
    /** Where the first panel begins in {@link #scales}. */
    private final int firstScale;

    /** [panels, {@link #panelInts}] from {@link #firstCode} on; other matrices may stand before and after it. */
    final int[] data;
    /** FP8: [panels, blocks]; otherwise empty. */
    final float[] scales;
    /** FP4: [panels, groups, lanes], the exponents of the four blocks of a group in an int, in the array of the codes. */
    final int[] exponents;

    /** A matrix whose {@link #ints} begin at {@code first} of an array of zeros. */
    PackedMatrix(Format format, int panels, int inputs, int[] memory, int first) {
        this.panels = panels;
        this.panelStep = 1;
        this.format = format;
        this.inputs = inputs;
        this.panelInts = panelInts(format, inputs);
        this.data = memory;
        this.firstCode = first;
        this.scales = new float[format == Format.FP8 ? panels * blocks() : 0];
        this.firstScale = 0;
        this.exponents = memory;
        this.firstExponent = first + panels * panelInts;
    }

    private PackedMatrix(PackedMatrix both, int which) {
        this.panels = both.panels / 2;
        this.panelStep = 2;
        this.format = both.format;
        this.inputs = both.inputs;
        this.panelInts = both.panelInts;
        this.data = both.data;
        this.firstCode = both.at(which, 0);
        this.scales = both.scales;
        this.firstScale = both.scaleAt(which, 0);
        this.exponents = both.exponents;
        this.firstExponent = both.exponentsAt(which, 0);
    }

    /**
     * One of two matrices that share this memory, their panels in turn: whoever reads a panel of both reads on. This
     * one has the panels of both.
     */
    PackedMatrix half(int which) {
        return new PackedMatrix(this, which);
    }

    /** An empty matrix to be filled panel by panel, in memory of its own; {@link #fits} says whether there can be one. */
    static PackedMatrix allocate(Format format, int panels, int inputs) {
        return new Slab(ints(format, panels, inputs)).allocate(format, panels, inputs);
    }

    /** Whether an array can hold it, and pairs of inputs fill its rows. */
    static boolean fits(Format format, int panels, int inputs) {
        return inputs % 2 == 0 && ints(format, panels, inputs) <= Slab.MOST_INTS;
    }

    /** Ints of the codes and exponents. */
    static long ints(Format format, int panels, int inputs) {
        int exponents = format == Format.FP4 ? Math.ceilDiv(inputs, GROUP) * Panel.LANES : 0;
        return (long) panels * (panelInts(format, inputs) + exponents);
    }

    private static int panelInts(Format format, int inputs) {
        return switch (format) {
            case FP8 -> inputs / 2 * ROW;
            case FP4 -> Math.ceilDiv(inputs, GROUP) * GROUP_INTS;
            case BF16 -> inputs * ROW;
        };
    }

    /** Blocks of inputs. */
    int blocks() {
        return Math.ceilDiv(inputs, format.block);
    }

    /** Groups of inputs, the last of them perhaps not full. */
    private int groups() {
        return Math.ceilDiv(inputs, GROUP);
    }

    /** Memory held, in bytes. */
    long bytes() {
        return (ints(format, panels, inputs) + scales.length / panelStep) * Integer.BYTES;
    }

    /** Inputs of FP8 that fill whole groups. */
    int paired() {
        return inputs - inputs % PAIR;
    }

    /** Where the row with the codes of an input of a panel begins. */
    int at(int panel, int input) {
        return firstCode
                + panel * panelStep * panelInts
                + switch (format) {
                    case FP8 -> input < paired() ? (input / PAIR * 128 + input % 128) * ROW : input / 2 * ROW;
                    case FP4 -> input / GROUP * GROUP_INTS + input % 32 * ROW;
                    case BF16 -> input * ROW;
                };
    }

    /** By how many bits the code of an input and a lane lies above the lowest of its int. */
    private int shift(int input, int lane) {
        int half = lane / ROW;
        return switch (format) {
            case FP8 -> (input < paired() ? input / 128 % 2 : input % 2) * 16 + half * 8;
            case FP4 -> input % GROUP / 32 * 8 + half * 4;
            case BF16 -> half * 16;
        };
    }

    /**
     * Stores the codes of one output, {@code inputs} of them, as they stand in the checkpoint.
     *
     * @param row holds them from {@code from} on
     * @return false if one of them is an FP8 NaN, which would be read as a number
     */
    boolean put(int panel, int lane, byte[] row, int from) {
        boolean number = true;
        int l = lane % ROW;
        switch (format) {
            case FP8 -> {
                int shift = lane / ROW * 8;
                for (int k = 0, to = at(panel, 0) + l; k < inputs; to += ROW) {
                    byte low = row[from + k];
                    byte high = row[from + k + (k < paired() ? 128 : 1)];
                    data[to] |= ((low & 0xff) << shift) | ((high & 0xff) << (shift + 16));
                    number &= (low & 0x7f) != 0x7f && (high & 0x7f) != 0x7f;
                    k += k >= paired() ? 2 : k % 128 == 127 ? 129 : 1;
                }
            }
            case FP4 -> {
                for (int k = 0; k < inputs; k += 2) {
                    int to = at(panel, k) + l;
                    int shift = shift(k, lane);
                    byte pair = row[from + k / 2];
                    data[to] |= (pair & 15) << shift;
                    data[to + ROW] |= (pair >> 4 & 15) << shift;
                }
            }
            case BF16 -> {
                int shift = shift(0, lane);
                for (int k = 0, to = at(panel, 0) + l; k < inputs; k++, to += ROW) {
                    int code = (row[from + 2 * k] & 0xff) | ((row[from + 2 * k + 1] & 0xff) << 8);
                    data[to] |= code << shift;
                }
            }
        }
        return number;
    }

    /**
     * Stores the scale of one block of an output.
     *
     * @return false if it has no place: FP4 scales must be normal powers of two, FP8 scales the same in all lanes
     */
    boolean putScale(int panel, int block, int lane, float scale) {
        return switch (format) {
            case FP8 -> {
                int index = scaleAt(panel, block);
                scales[index] = lane == 0 ? scale : scales[index];
                yield Float.floatToRawIntBits(scales[index]) == Float.floatToRawIntBits(scale);
            }
            case FP4 -> {
                int bits = Float.floatToRawIntBits(scale);
                exponents[exponentsAt(panel, block) + lane] |= ((bits >> 23) & 0xff) << (block % 4 * 8);
                yield (bits & 0x7fffff) == 0 && bits >> 23 > 0 && bits >> 23 < 255;
            }
            case BF16 -> scale == 1f;
        };
    }

    /** Where the scale of a block of FP8 is. */
    int scaleAt(int panel, int block) {
        return firstScale + panel * panelStep * blocks() + block;
    }

    /** Where the exponents of the lanes begin, with those of the other blocks of the group. */
    int exponentsAt(int panel, int block) {
        return firstExponent + (panel * panelStep * groups() + block / 4) * Panel.LANES;
    }

    /** The weight of a lane and an input, exactly: what the shifts and masks must come to. */
    float weight(int panel, int input, int lane) {
        int code = data[at(panel, input) + lane % ROW] >>> shift(input, lane);
        return switch (format) {
            case FP8 -> Formats.e4m3((byte) code);
            case FP4 -> Formats.e2m1(code & 15);
            case BF16 -> Float.intBitsToFloat(code << 16);
        };
    }

    /** The scale of a lane and a block. */
    float scale(int panel, int block, int lane) {
        return switch (format) {
            case FP8 -> scales[scaleAt(panel, block)];
            case FP4 -> Formats.e8m0((byte) (exponents[exponentsAt(panel, block) + lane] >>> (block % 4 * 8)));
            case BF16 -> 1f;
        };
    }

    /** Writes the scales of {@code depth} inputs from {@code input} on into a panel. */
    void scales(int panelIndex, int input, int depth, Panel panel) {
        panel.block = format.block;
        for (int k = 0; k < depth; k += format.block) {
            int block = (input + k) / format.block;
            int to = k / format.block * Panel.LANES;
            if (format == Format.FP4) {
                // Spelled out, without the cases of a conversion, so that the compiler takes many lanes at once.
                int at = exponentsAt(panelIndex, block);
                int shift = block % 4 * 8;
                for (int lane = 0; lane < Panel.LANES; lane++) {
                    panel.scales[to + lane] = Float.intBitsToFloat((exponents[at + lane] >>> shift & 0xff) << 23);
                }
            } else {
                Arrays.fill(panel.scales, to, to + Panel.LANES, scale(panelIndex, block, 0));
            }
        }
    }
}
