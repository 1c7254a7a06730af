package dev.hadal.kernel;

import dev.hadal.tensor.Formats;
import java.util.Arrays;

/**
 * A weight matrix in memory, in its stored format but another order: panel by panel, input by input, the lanes of one
 * input side by side. Decoding one token then reads memory front to back, and needs no sum across lanes.
 *
 * <p>Within an input the codes stand so that shifts and masks alone turn one load into four vectors of eight
 * neighbouring outputs: FP8 as bytes of lanes {@code 16+l, l, 24+l, 8+l} for {@code l} from 0 to 7; FP4 as nibbles of
 * two inputs in pairs of bytes, low nibble first {@code 16+l, l} of the odd input, {@code 16+l, l} of the even one, then
 * the same for {@code 24+l, 8+l}; BF16 as pairs {@code l, 8+l}, then {@code 16+l, 24+l}.
 */
public final class PackedMatrix {
    /** How codes are stored. */
    enum Format {
        /** e4m3: read as the upper half of a float it is 2^120 too small. */
        FP8(32, 120, 128),
        /** e2m1: read as the upper half of a float it is 2^126 too small. */
        FP4(16, 126, 32),
        /** The upper half of a float. */
        BF16(64, 0, 128);

        /** Bytes of the lanes of one input. */
        final int bytes;
        /** Power of two by which a code is too small when it is read as a float. */
        final int bias;
        /** Inputs that share a scale. */
        final int block;

        Format(int bytes, int bias, int block) {
            this.bytes = bytes;
            this.bias = bias;
            this.block = block;
        }
    }

    /** Byte of a lane's code among the four that an int holds, by group of eight lanes. */
    private static final int[] PLACE = {1, 3, 0, 2};

    final Format format;
    final int inputs;
    final byte[] data;
    /** FP8: [panels, blocks], one scale for all lanes; otherwise empty. */
    final float[] scales;
    /** FP4: [panels, blocks, lanes] exponents, 1 to 254; otherwise empty. */
    final byte[] exponents;

    private PackedMatrix(Format format, int inputs, byte[] data, float[] scales, byte[] exponents) {
        this.format = format;
        this.inputs = inputs;
        this.data = data;
        this.scales = scales;
        this.exponents = exponents;
    }

    /** An empty matrix to be filled panel by panel. */
    static PackedMatrix allocate(Format format, int panels, int inputs) {
        int blocks = Math.ceilDiv(inputs, format.block);
        return new PackedMatrix(
                format,
                inputs,
                new byte[Math.toIntExact((long) panels * inputs * format.bytes)],
                new float[format == Format.FP8 ? panels * blocks : 0],
                new byte[format == Format.FP4 ? Math.toIntExact((long) panels * blocks * Panel.LANES + 8) : 0]);
    }

    /** Blocks of inputs. */
    int blocks() {
        return Math.ceilDiv(inputs, format.block);
    }

    /** Memory held, in bytes. */
    long bytes() {
        return data.length + (long) scales.length * Float.BYTES + exponents.length;
    }

    /** Where the codes of one input of a panel begin; FP4 keeps two inputs together. */
    int at(int panel, int input) {
        return (panel * inputs + input) * format.bytes;
    }

    /**
     * Stores the codes of one output, {@code inputs} of them, as they stand in the checkpoint.
     *
     * @return false if one of them is an FP8 NaN, which read as the upper half of a float would be a number
     */
    boolean put(int panel, int lane, byte[] row) {
        boolean number = true;
        switch (format) {
            case FP8 -> {
                int place = 4 * (lane % 8) + PLACE[lane / 8];
                for (int k = 0; k < inputs; k++) {
                    data[at(panel, k) + place] = row[k];
                    number &= (row[k] & 0x7f) != 0x7f;
                }
            }
            case FP4 -> {
                int pair = 4 * (lane % 8) + (lane / 8 % 2) * 2;
                int shift = lane < 16 ? 4 : 0;
                for (int k = 0; k < inputs; k += 2) {
                    int to = at(panel, k) + pair;
                    data[to + 1] |= (byte) ((row[k / 2] & 15) << shift);
                    data[to] |= (byte) ((row[k / 2] >> 4 & 15) << shift);
                }
            }
            case BF16 -> {
                int place = lane / 16 * 32 + lane % 8 * 4 + lane / 8 % 2 * 2;
                for (int k = 0; k < inputs; k++) {
                    data[at(panel, k) + place] = row[2 * k];
                    data[at(panel, k) + place + 1] = row[2 * k + 1];
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
        int index = panel * blocks() + block;
        return switch (format) {
            case FP8 -> {
                scales[index] = lane == 0 ? scale : scales[index];
                yield Float.floatToRawIntBits(scales[index]) == Float.floatToRawIntBits(scale);
            }
            case FP4 -> {
                int bits = Float.floatToRawIntBits(scale);
                exponents[index * Panel.LANES + lane] = (byte) (bits >> 23);
                yield (bits & 0x7fffff) == 0 && bits >> 23 > 0 && bits >> 23 < 255;
            }
            case BF16 -> scale == 1f;
        };
    }

    /** The weight of a lane and an input, exactly: what the shifts and masks must come to. */
    float weight(int panel, int input, int lane) {
        int pair = 4 * (lane % 8);
        return switch (format) {
            case FP8 -> Formats.e4m3(data[at(panel, input) + pair + PLACE[lane / 8]]);
            case FP4 -> {
                int code = data[at(panel, input & ~1) + pair + (lane / 8 % 2) * 2 + 1 - input % 2];
                yield Formats.e2m1((lane < 16 ? code >> 4 : code) & 15);
            }
            case BF16 -> {
                int place = at(panel, input) + lane / 16 * 32 + pair + lane / 8 % 2 * 2;
                yield Float.intBitsToFloat((data[place] & 0xff) << 16 | data[place + 1] << 24);
            }
        };
    }

    /** The scale of a lane and a block. */
    float scale(int panel, int block, int lane) {
        return switch (format) {
            case FP8 -> scales[panel * blocks() + block];
            case FP4 -> Formats.e8m0(exponents[(panel * blocks() + block) * Panel.LANES + lane]);
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
                for (int lane = 0; lane < Panel.LANES; lane++) {
                    panel.scales[to + lane] = scale(panelIndex, block, lane);
                }
            } else {
                Arrays.fill(panel.scales, to, to + Panel.LANES, scale(panelIndex, block, 0));
            }
        }
    }
}
