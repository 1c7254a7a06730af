package dev.hadal.kernel;

import dev.hadal.tensor.Formats;

/** The definition of every state kernel, in plain Java, which is never optimised. */
final class ScalarStateKernels implements StateKernels {

    @Override
    public void storeEntry(float[] values, int offset, EntryLayout layout, byte[] to, int at) {
        for (int group = 0; group < layout.plain(); group += EntryLayout.GROUP) {
            float max = 0;
            for (int i = group; i < group + EntryLayout.GROUP; i++) {
                max = Math.max(max, Math.abs(values[offset + i]));
            }
            float scale = Formats.fp8GroupScale(max);
            to[at + layout.scalesAt() + group / EntryLayout.GROUP] = (byte) (Float.floatToRawIntBits(scale) >>> 23);
            for (int i = group; i < group + EntryLayout.GROUP; i++) {
                byte code = Float.isNaN(scale) ? 0 : Formats.toE4m3(values[offset + i] / scale);
                to[at + EntryLayout.codeAt(i)] = code;
            }
        }
        for (int i = layout.plain(), to2 = at + layout.rotaryAt(); i < layout.width(); i++, to2 += 2) {
            short bits = Formats.toBf16(values[offset + i]);
            to[to2] = (byte) bits;
            to[to2 + 1] = (byte) (bits >> 8);
        }
    }

    @Override
    public void loadEntry(byte[] from, int at, EntryLayout layout, float[] values, int offset) {
        for (int i = 0; i < layout.plain(); i++) {
            float scale = Formats.e8m0(from[at + layout.scalesAt() + i / EntryLayout.GROUP]);
            values[offset + i] = Formats.e4m3(from[at + EntryLayout.codeAt(i)]) * scale;
        }
        loadRotary(from, at, layout, values, offset, layout.plain());
    }

    /** Reads the rotary part from value {@code first} on. */
    static void loadRotary(byte[] from, int at, EntryLayout layout, float[] values, int offset, int first) {
        for (int i = first; i < layout.width(); i++) {
            int place = at + layout.rotaryAt() + 2 * (i - layout.plain());
            values[offset + i] = Formats.bf16((short) ((from[place] & 0xff) | (from[place + 1] << 8)));
        }
    }

    @Override
    public void loadKeys(byte[] from, KeyLayout layout, float[] panel) {
        for (int k = 0; k < layout.width(); k++) {
            for (int lane = 0; lane < Panel.LANES; lane++) {
                panel[k * Panel.LANES + lane] = layout.value(from, k, lane);
            }
        }
    }

    @Override
    public void roundKey(float[] values, int offset, int length) {
        Formats.fakeFp4(values, offset, length, KeyLayout.GROUP);
    }

    @Override
    public void hadamard(float[] values, int offset, int length) {
        hadamard(values, offset, length, (float) (1 / Math.sqrt(length)));
    }

    static void hadamard(float[] values, int offset, int length, float scale) {
        for (int half = 1; half < length; half *= 2) {
            for (int start = offset; start < offset + length; start += 2 * half) {
                for (int i = start; i < start + half; i++) {
                    float a = values[i];
                    float b = values[i + half];
                    values[i] = a + b;
                    values[i + half] = a - b;
                }
            }
        }
        for (int i = offset; i < offset + length; i++) {
            values[i] *= scale;
        }
    }

    @Override
    public void rotate(float[] values, int offset, float[] cosines, float[] sines, int anglesAt, int length) {
        for (int i = 0; i < length; i += 2) {
            float cos = cosines[anglesAt + i];
            float sin = sines[anglesAt + i + 1];
            float a = values[offset + i];
            float b = values[offset + i + 1];
            values[offset + i] = a * cos - b * sin;
            values[offset + i + 1] = a * sin + b * cos;
        }
    }

    @Override
    public void rotateBack(float[] values, int offset, float[] cosines, float[] sines, int anglesAt, int length) {
        for (int i = 0; i < length; i += 2) {
            float cos = cosines[anglesAt + i];
            float sin = sines[anglesAt + i + 1];
            float a = values[offset + i];
            float b = values[offset + i + 1];
            values[offset + i] = a * cos + b * sin;
            values[offset + i + 1] = b * cos - a * sin;
        }
    }

    @Override
    public void belowMax(float[] scores, int rows, int width) {
        belowMax(scores, rows, width, 0);
    }

    /** The channels from {@code first} on. */
    static void belowMax(float[] scores, int rows, int width, int first) {
        for (int i = first; i < width; i++) {
            float max = Float.NEGATIVE_INFINITY;
            for (int r = 0; r < rows; r++) {
                max = Math.max(max, scores[r * width + i]);
            }
            for (int r = 0; r < rows; r++) {
                scores[r * width + i] -= max;
            }
        }
    }

    @Override
    public void weightedMean(float[] values, float[] weights, int rows, int width, float[] to) {
        weightedMean(values, weights, rows, to, 0, width);
    }

    /** The channels from {@code first} on. */
    static void weightedMean(float[] values, float[] weights, int rows, float[] to, int first, int width) {
        for (int i = first; i < width; i++) {
            float sum = 0;
            float mean = 0;
            for (int r = 0; r < rows; r++) {
                float weight = weights[r * width + i];
                sum += weight;
                mean += weight * values[r * width + i];
            }
            to[i] = mean / sum;
        }
    }

    @Override
    public void collect(float[] values, int offset, int length, int firstIndex, Candidates into) {
        for (int i = 0; i < length; i++) {
            collect(values[offset + i], firstIndex + i, into);
        }
    }

    static void collect(float value, int index, Candidates into) {
        int key = Candidates.key(value);
        if (key > into.threshold) {
            into.add(key, index);
        }
    }

    @Override
    public int countAbove(Candidates candidates, int key) {
        int count = 0;
        for (int i = 0; i < candidates.size; i++) {
            count += candidates.keys[i] > key ? 1 : 0;
        }
        return count;
    }
}
