package dev.hadal.lab;

import java.util.Random;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Ways to multiply one row with FP8 codes that no cache holds. All but the first lost, each for the reason it names, and
 * are kept so that nobody has to try them again. One scale for everything: scales are not what they differ in.
 *
 * <p>Beside the layout of {@code PackedMatrix}, in which the lanes of a vector are outputs, there is the layout of the
 * checkpoint, in which they are inputs.
 */
final class Fp8Variants {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
    private static final int WIDTH = FLOATS.length();
    /** Ints of a row of codes: two inputs for each of 32 outputs. */
    private static final int ROW = 16;

    private static final int LANES = 32;
    private static final int INPUTS = 4096;
    /** 128 MiB, several times a level-3 cache. */
    private static final int PANELS = 1024;

    private static final int BLOCK = 128;
    private static final int MASK = 0x87f00000;
    private static final float POWER = 0x1p120f;

    private final int panels;
    private final int[] codes;
    private final float[] x = new float[INPUTS];
    private final float[] y;
    /** Inputs from one row of codes to the next: a number that the compiler does not know. */
    private int step;

    /** With a matrix of the size to measure with. */
    Fp8Variants() {
        this(PANELS);
    }

    /** With a matrix of so many panels. */
    Fp8Variants(int panels) {
        this.panels = panels;
        this.codes = new int[panels * INPUTS / 2 * ROW];
        this.y = new float[panels * LANES];
    }

    /** The codes, four to an int. */
    int[] codes() {
        return codes;
    }

    /** Bytes of codes that a product reads. */
    double bytes() {
        return (double) codes.length * Integer.BYTES;
    }

    /** Lanes of a vector. */
    static int lanes() {
        return WIDTH;
    }

    /** The row that is multiplied. */
    float[] row() {
        return x;
    }

    /** Draws the codes: finite ones, an eighth of them subnormal. */
    void draw() {
        Random random = new Random(1);
        for (int i = 0; i < codes.length; i++) {
            codes[i] = random.nextInt() & 0xbfbfbfbf;
        }
        for (int i = 0; i < INPUTS; i++) {
            x[i] = random.nextFloat() - 0.5f;
        }
        step = Integer.parseInt("2");
    }

    /** The one that is used: shift, mask, multiply-add, in a loop that is left as it is. */
    float[] taken() {
        for (int panel = 0; panel < panels; panel++) {
            for (int block = 0; block < INPUTS; block += BLOCK) {
                takenBlock(panel, block);
            }
        }
        return y;
    }

    private void takenBlock(int panel, int block) {
        FloatVector power = FloatVector.broadcast(FLOATS, POWER);
        FloatVector zero = FloatVector.broadcast(FLOATS, -0f);
        for (int lane = 0; lane < ROW; lane += WIDTH) {
            FloatVector p0 = FloatVector.zero(FLOATS);
            FloatVector p1 = p0;
            int at = (panel * INPUTS + block) / 2 * ROW + lane;
            for (int k = block; k < block + BLOCK; k += step, at += ROW) {
                IntVector c = IntVector.fromArray(INTS, codes, at);
                FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
                IntVector w = c.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 4);
                p0 = v.fma(w.and(MASK).reinterpretAsFloats().fma(power, zero), p0);
                w = c.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 4);
                p1 = v.fma(w.and(MASK).reinterpretAsFloats().fma(power, zero), p1);
                v = FloatVector.broadcast(FLOATS, x[k + 1]);
                w = c.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 4);
                p0 = v.fma(w.and(MASK).reinterpretAsFloats().fma(power, zero), p0);
                w = c.lanewise(VectorOperators.ASHR, 4);
                p1 = v.fma(w.and(MASK).reinterpretAsFloats().fma(power, zero), p1);
            }
            add(p0, panel, lane);
            add(p1, panel, lane + ROW);
        }
    }

    /**
     * Lost half of the memory's speed (14.7 against 28.1 GB/s): with a step that it knows the compiler unrolls the loop, each
     * copy of the load has a stride of its own, and the processor no longer reads ahead. From a cache it is the fastest
     * (34.7 against 32.6).
     */
    float[] unrolled() {
        for (int panel = 0; panel < panels; panel++) {
            for (int block = 0; block < INPUTS; block += BLOCK) {
                unrolledBlock(panel, block);
            }
        }
        return y;
    }

    private void unrolledBlock(int panel, int block) {
        FloatVector power = FloatVector.broadcast(FLOATS, POWER);
        FloatVector zero = FloatVector.broadcast(FLOATS, -0f);
        for (int lane = 0; lane < ROW; lane += WIDTH) {
            FloatVector p0 = FloatVector.zero(FLOATS);
            FloatVector p1 = p0;
            int at = (panel * INPUTS + block) / 2 * ROW + lane;
            for (int k = block; k < block + BLOCK; k += 2, at += ROW) {
                IntVector c = IntVector.fromArray(INTS, codes, at);
                FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
                IntVector w = c.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 4);
                p0 = v.fma(w.and(MASK).reinterpretAsFloats().fma(power, zero), p0);
                w = c.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 4);
                p1 = v.fma(w.and(MASK).reinterpretAsFloats().fma(power, zero), p1);
                v = FloatVector.broadcast(FLOATS, x[k + 1]);
                w = c.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 4);
                p0 = v.fma(w.and(MASK).reinterpretAsFloats().fma(power, zero), p0);
                w = c.lanewise(VectorOperators.ASHR, 4);
                p1 = v.fma(w.and(MASK).reinterpretAsFloats().fma(power, zero), p1);
            }
            add(p0, panel, lane);
            add(p1, panel, lane + ROW);
        }
    }

    /**
     * Lost 4 % (27.0 against 28.1 GB/s, from a cache 31.4 against 32.6), close to what runs differ by: what shift and mask
     * leave of a subnormal code is a subnormal float, which this processor multiplies more slowly than it takes it in a
     * multiply-add. With four rows at once it lost a third.
     */
    float[] multiplied() {
        for (int panel = 0; panel < panels; panel++) {
            for (int block = 0; block < INPUTS; block += BLOCK) {
                multipliedBlock(panel, block);
            }
        }
        return y;
    }

    private void multipliedBlock(int panel, int block) {
        FloatVector power = FloatVector.broadcast(FLOATS, POWER);
        for (int lane = 0; lane < ROW; lane += WIDTH) {
            FloatVector p0 = FloatVector.zero(FLOATS);
            FloatVector p1 = p0;
            int at = (panel * INPUTS + block) / 2 * ROW + lane;
            for (int k = block; k < block + BLOCK; k += step, at += ROW) {
                IntVector c = IntVector.fromArray(INTS, codes, at);
                FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
                IntVector w = c.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 4);
                p0 = v.fma(w.and(MASK).reinterpretAsFloats().mul(power), p0);
                w = c.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 4);
                p1 = v.fma(w.and(MASK).reinterpretAsFloats().mul(power), p1);
                v = FloatVector.broadcast(FLOATS, x[k + 1]);
                w = c.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 4);
                p0 = v.fma(w.and(MASK).reinterpretAsFloats().mul(power), p0);
                w = c.lanewise(VectorOperators.ASHR, 4);
                p1 = v.fma(w.and(MASK).reinterpretAsFloats().mul(power), p1);
            }
            add(p0, panel, lane);
            add(p1, panel, lane + ROW);
        }
    }

    /**
     * Lost two fifths (15.9 against 28.1 GB/s): blocks are scaled one by one, so every 128 inputs there is a sum across the
     * lanes, whose steps wait for each other. And its order of additions depends on the width of the vectors, so that
     * results would.
     */
    float[] summedAcrossLanes() {
        for (int output = 0; output < panels * LANES; output++) {
            float sum = 0f;
            for (int block = 0; block < INPUTS; block += BLOCK) {
                sum += acrossLanes(output, block);
            }
            y[output] = sum;
        }
        return y;
    }

    /** Codes of one output side by side; the four bytes of an int belong to inputs that stand a vector apart. */
    private float acrossLanes(int output, int block) {
        FloatVector power = FloatVector.broadcast(FLOATS, POWER);
        FloatVector zero = FloatVector.broadcast(FLOATS, -0f);
        FloatVector p0 = FloatVector.zero(FLOATS);
        FloatVector p1 = p0;
        int at = (output * INPUTS + block) / 4;
        for (int k = block; k < block + BLOCK; k += step * 2 * WIDTH, at += WIDTH) {
            IntVector c = IntVector.fromArray(INTS, codes, at);
            IntVector w = c.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 4);
            FloatVector v = FloatVector.fromArray(FLOATS, x, k);
            p0 = v.fma(w.and(MASK).reinterpretAsFloats().fma(power, zero), p0);
            w = c.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 4);
            v = FloatVector.fromArray(FLOATS, x, k + WIDTH);
            p1 = v.fma(w.and(MASK).reinterpretAsFloats().fma(power, zero), p1);
            w = c.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 4);
            v = FloatVector.fromArray(FLOATS, x, k + 2 * WIDTH);
            p0 = v.fma(w.and(MASK).reinterpretAsFloats().fma(power, zero), p0);
            w = c.lanewise(VectorOperators.ASHR, 4);
            v = FloatVector.fromArray(FLOATS, x, k + 3 * WIDTH);
            p1 = v.fma(w.and(MASK).reinterpretAsFloats().fma(power, zero), p1);
        }
        return p0.add(p1).reduceLanes(VectorOperators.ADD);
    }

    private void add(FloatVector sums, int panel, int lane) {
        int at = panel * LANES + lane;
        sums.add(FloatVector.fromArray(FLOATS, y, at)).intoArray(y, at);
    }
}
