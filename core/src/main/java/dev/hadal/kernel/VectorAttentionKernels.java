package dev.hadal.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin of {@link ScalarAttentionKernels}, for one width; defined once for each width as a hidden class, as
 * {@link VectorKernels} is, with the same consequences. Products keep eight times two vectors of sums in registers where
 * there are 32 of them, as with 512 bits, else four times two.
 */
final class VectorAttentionKernels implements AttentionKernels {
    private static final VectorSpecies<Float> FLOATS = species();
    private static final int WIDTH = FLOATS.length();
    private static final boolean MANY_REGISTERS = WIDTH == 16;
    /** Rows of sums. */
    private static final int TILE = MANY_REGISTERS ? 8 : 4;

    private static VectorSpecies<Float> species() {
        try {
            int bits = MethodHandles.classData(MethodHandles.lookup(), "_", Integer.class);
            return VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    VectorAttentionKernels() {}

    @Override
    public void scores(Rows keys, int first, int count, HeadGroup heads) {
        int j = 0;
        for (; j + TILE <= count; j += TILE) {
            for (int lane = 0; lane < heads.lanes; lane += 2 * WIDTH) {
                if (lane + 2 * WIDTH > heads.lanes) {
                    eightKeys(keys, first + j, heads, j, lane);
                } else if (MANY_REGISTERS) {
                    eightKeysTwice(keys, first + j, heads, j, lane);
                } else {
                    fourKeysTwice(keys, first + j, heads, j, lane);
                }
            }
        }
        for (; j < count; j++) {
            for (int lane = 0; lane < heads.lanes; lane += WIDTH) {
                oneKey(keys.data(), keys.at(first + j), heads, j, lane);
            }
        }
    }

    private static void eightKeysTwice(Rows keys, int key, HeadGroup heads, int j, int lane) {
        float[] xs = keys.data();
        float[] q = heads.queries;
        int from = keys.at(key);
        int in = keys.stride();
        FloatVector p00 = FloatVector.zero(FLOATS), p01 = p00;
        FloatVector p10 = p00, p11 = p00;
        FloatVector p20 = p00, p21 = p00;
        FloatVector p30 = p00, p31 = p00;
        FloatVector p40 = p00, p41 = p00;
        FloatVector p50 = p00, p51 = p00;
        FloatVector p60 = p00, p61 = p00;
        FloatVector p70 = p00, p71 = p00;
        for (int k = 0; k < heads.dim; k++) {
            int w = k * HeadGroup.LANES + lane;
            FloatVector w0 = FloatVector.fromArray(FLOATS, q, w);
            FloatVector w1 = FloatVector.fromArray(FLOATS, q, w + WIDTH);
            p00 = w0.fma(FloatVector.broadcast(FLOATS, xs[from + k]), p00);
            p01 = w1.fma(FloatVector.broadcast(FLOATS, xs[from + k]), p01);
            p10 = w0.fma(FloatVector.broadcast(FLOATS, xs[from + in + k]), p10);
            p11 = w1.fma(FloatVector.broadcast(FLOATS, xs[from + in + k]), p11);
            p20 = w0.fma(FloatVector.broadcast(FLOATS, xs[from + 2 * in + k]), p20);
            p21 = w1.fma(FloatVector.broadcast(FLOATS, xs[from + 2 * in + k]), p21);
            p30 = w0.fma(FloatVector.broadcast(FLOATS, xs[from + 3 * in + k]), p30);
            p31 = w1.fma(FloatVector.broadcast(FLOATS, xs[from + 3 * in + k]), p31);
            p40 = w0.fma(FloatVector.broadcast(FLOATS, xs[from + 4 * in + k]), p40);
            p41 = w1.fma(FloatVector.broadcast(FLOATS, xs[from + 4 * in + k]), p41);
            p50 = w0.fma(FloatVector.broadcast(FLOATS, xs[from + 5 * in + k]), p50);
            p51 = w1.fma(FloatVector.broadcast(FLOATS, xs[from + 5 * in + k]), p51);
            p60 = w0.fma(FloatVector.broadcast(FLOATS, xs[from + 6 * in + k]), p60);
            p61 = w1.fma(FloatVector.broadcast(FLOATS, xs[from + 6 * in + k]), p61);
            p70 = w0.fma(FloatVector.broadcast(FLOATS, xs[from + 7 * in + k]), p70);
            p71 = w1.fma(FloatVector.broadcast(FLOATS, xs[from + 7 * in + k]), p71);
        }
        float[] to = heads.scores;
        float scale = heads.scale;
        int at = j * HeadGroup.LANES + lane;
        p00.mul(scale).intoArray(to, at);
        p01.mul(scale).intoArray(to, at + WIDTH);
        p10.mul(scale).intoArray(to, at + HeadGroup.LANES);
        p11.mul(scale).intoArray(to, at + HeadGroup.LANES + WIDTH);
        p20.mul(scale).intoArray(to, at + 2 * HeadGroup.LANES);
        p21.mul(scale).intoArray(to, at + 2 * HeadGroup.LANES + WIDTH);
        p30.mul(scale).intoArray(to, at + 3 * HeadGroup.LANES);
        p31.mul(scale).intoArray(to, at + 3 * HeadGroup.LANES + WIDTH);
        p40.mul(scale).intoArray(to, at + 4 * HeadGroup.LANES);
        p41.mul(scale).intoArray(to, at + 4 * HeadGroup.LANES + WIDTH);
        p50.mul(scale).intoArray(to, at + 5 * HeadGroup.LANES);
        p51.mul(scale).intoArray(to, at + 5 * HeadGroup.LANES + WIDTH);
        p60.mul(scale).intoArray(to, at + 6 * HeadGroup.LANES);
        p61.mul(scale).intoArray(to, at + 6 * HeadGroup.LANES + WIDTH);
        p70.mul(scale).intoArray(to, at + 7 * HeadGroup.LANES);
        p71.mul(scale).intoArray(to, at + 7 * HeadGroup.LANES + WIDTH);
    }

    private static void fourKeysTwice(Rows keys, int key, HeadGroup heads, int j, int lane) {
        float[] xs = keys.data();
        float[] q = heads.queries;
        int from = keys.at(key);
        int in = keys.stride();
        FloatVector p00 = FloatVector.zero(FLOATS), p01 = p00;
        FloatVector p10 = p00, p11 = p00;
        FloatVector p20 = p00, p21 = p00;
        FloatVector p30 = p00, p31 = p00;
        for (int k = 0; k < heads.dim; k++) {
            int w = k * HeadGroup.LANES + lane;
            FloatVector w0 = FloatVector.fromArray(FLOATS, q, w);
            FloatVector w1 = FloatVector.fromArray(FLOATS, q, w + WIDTH);
            p00 = w0.fma(FloatVector.broadcast(FLOATS, xs[from + k]), p00);
            p01 = w1.fma(FloatVector.broadcast(FLOATS, xs[from + k]), p01);
            p10 = w0.fma(FloatVector.broadcast(FLOATS, xs[from + in + k]), p10);
            p11 = w1.fma(FloatVector.broadcast(FLOATS, xs[from + in + k]), p11);
            p20 = w0.fma(FloatVector.broadcast(FLOATS, xs[from + 2 * in + k]), p20);
            p21 = w1.fma(FloatVector.broadcast(FLOATS, xs[from + 2 * in + k]), p21);
            p30 = w0.fma(FloatVector.broadcast(FLOATS, xs[from + 3 * in + k]), p30);
            p31 = w1.fma(FloatVector.broadcast(FLOATS, xs[from + 3 * in + k]), p31);
        }
        float[] to = heads.scores;
        float scale = heads.scale;
        int at = j * HeadGroup.LANES + lane;
        p00.mul(scale).intoArray(to, at);
        p01.mul(scale).intoArray(to, at + WIDTH);
        p10.mul(scale).intoArray(to, at + HeadGroup.LANES);
        p11.mul(scale).intoArray(to, at + HeadGroup.LANES + WIDTH);
        p20.mul(scale).intoArray(to, at + 2 * HeadGroup.LANES);
        p21.mul(scale).intoArray(to, at + 2 * HeadGroup.LANES + WIDTH);
        p30.mul(scale).intoArray(to, at + 3 * HeadGroup.LANES);
        p31.mul(scale).intoArray(to, at + 3 * HeadGroup.LANES + WIDTH);
    }

    /** Half a group of heads is one of the widest vectors. */
    private static void eightKeys(Rows keys, int key, HeadGroup heads, int j, int lane) {
        float[] xs = keys.data();
        float[] q = heads.queries;
        int from = keys.at(key);
        int in = keys.stride();
        FloatVector p0 = FloatVector.zero(FLOATS);
        FloatVector p1 = p0;
        FloatVector p2 = p0;
        FloatVector p3 = p0;
        FloatVector p4 = p0;
        FloatVector p5 = p0;
        FloatVector p6 = p0;
        FloatVector p7 = p0;
        for (int k = 0; k < heads.dim; k++) {
            FloatVector w = FloatVector.fromArray(FLOATS, q, k * HeadGroup.LANES + lane);
            p0 = w.fma(FloatVector.broadcast(FLOATS, xs[from + k]), p0);
            p1 = w.fma(FloatVector.broadcast(FLOATS, xs[from + in + k]), p1);
            p2 = w.fma(FloatVector.broadcast(FLOATS, xs[from + 2 * in + k]), p2);
            p3 = w.fma(FloatVector.broadcast(FLOATS, xs[from + 3 * in + k]), p3);
            p4 = w.fma(FloatVector.broadcast(FLOATS, xs[from + 4 * in + k]), p4);
            p5 = w.fma(FloatVector.broadcast(FLOATS, xs[from + 5 * in + k]), p5);
            p6 = w.fma(FloatVector.broadcast(FLOATS, xs[from + 6 * in + k]), p6);
            p7 = w.fma(FloatVector.broadcast(FLOATS, xs[from + 7 * in + k]), p7);
        }
        int to = j * HeadGroup.LANES + lane;
        p0.mul(heads.scale).intoArray(heads.scores, to);
        p1.mul(heads.scale).intoArray(heads.scores, to + HeadGroup.LANES);
        p2.mul(heads.scale).intoArray(heads.scores, to + 2 * HeadGroup.LANES);
        p3.mul(heads.scale).intoArray(heads.scores, to + 3 * HeadGroup.LANES);
        p4.mul(heads.scale).intoArray(heads.scores, to + 4 * HeadGroup.LANES);
        p5.mul(heads.scale).intoArray(heads.scores, to + 5 * HeadGroup.LANES);
        p6.mul(heads.scale).intoArray(heads.scores, to + 6 * HeadGroup.LANES);
        p7.mul(heads.scale).intoArray(heads.scores, to + 7 * HeadGroup.LANES);
    }

    private static void oneKey(float[] xs, int x0, HeadGroup heads, int j, int lane) {
        FloatVector p = FloatVector.zero(FLOATS);
        for (int k = 0; k < heads.dim; k++) {
            FloatVector w = FloatVector.fromArray(FLOATS, heads.queries, k * HeadGroup.LANES + lane);
            p = FloatVector.broadcast(FLOATS, xs[x0 + k]).fma(w, p);
        }
        p.mul(heads.scale).intoArray(heads.scores, j * HeadGroup.LANES + lane);
    }

    @Override
    public void shift(int count, HeadGroup heads) {
        for (int lane = 0; lane < heads.lanes; lane += WIDTH) {
            FloatVector before = FloatVector.fromArray(FLOATS, heads.max, lane);
            FloatVector max = before;
            for (int j = 0, at = lane; j < count; j++, at += HeadGroup.LANES) {
                max = max.max(FloatVector.fromArray(FLOATS, heads.scores, at));
            }
            before.sub(max).intoArray(heads.factor, lane);
            max.intoArray(heads.max, lane);
            for (int j = 0, at = lane; j < count; j++, at += HeadGroup.LANES) {
                FloatVector.fromArray(FLOATS, heads.scores, at).sub(max).intoArray(heads.scores, at);
            }
        }
    }

    @Override
    public void total(int count, HeadGroup heads) {
        for (int lane = 0; lane < heads.lanes; lane += WIDTH) {
            FloatVector part = FloatVector.zero(FLOATS);
            for (int j = 0, at = lane; j < count; j++, at += HeadGroup.LANES) {
                part = part.add(FloatVector.fromArray(FLOATS, heads.scores, at));
            }
            FloatVector.fromArray(FLOATS, heads.sum, lane)
                    .mul(FloatVector.fromArray(FLOATS, heads.factor, lane))
                    .add(part)
                    .intoArray(heads.sum, lane);
        }
    }

    @Override
    public void addValues(Rows keys, int first, int count, HeadGroup heads) {
        int column = 0;
        for (; column + 2 * WIDTH <= heads.dim; column += 2 * WIDTH) {
            for (int head = 0; head < heads.lanes; head += TILE) {
                if (MANY_REGISTERS) {
                    eightHeads(keys, keys.at(first, column), count, heads, head, column);
                } else {
                    fourHeads(keys, keys.at(first, column), count, heads, head, column);
                }
            }
        }
        if (column < heads.dim) {
            ScalarAttentionKernels.addValues(keys, first, count, heads, column);
        }
    }

    private static void eightHeads(Rows keys, int key, int count, HeadGroup heads, int head, int column) {
        float[] xs = heads.scores;
        float[] values = keys.data();
        int stride = keys.stride();
        FloatVector p00 = FloatVector.zero(FLOATS), p01 = p00;
        FloatVector p10 = p00, p11 = p00;
        FloatVector p20 = p00, p21 = p00;
        FloatVector p30 = p00, p31 = p00;
        FloatVector p40 = p00, p41 = p00;
        FloatVector p50 = p00, p51 = p00;
        FloatVector p60 = p00, p61 = p00;
        FloatVector p70 = p00, p71 = p00;
        for (int j = 0; j < count; j++) {
            int w = key + j * stride;
            int x = head + j * HeadGroup.LANES;
            FloatVector w0 = FloatVector.fromArray(FLOATS, values, w);
            FloatVector w1 = FloatVector.fromArray(FLOATS, values, w + WIDTH);
            p00 = w0.fma(FloatVector.broadcast(FLOATS, xs[x]), p00);
            p01 = w1.fma(FloatVector.broadcast(FLOATS, xs[x]), p01);
            p10 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 1]), p10);
            p11 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 1]), p11);
            p20 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 2]), p20);
            p21 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 2]), p21);
            p30 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 3]), p30);
            p31 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 3]), p31);
            p40 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 4]), p40);
            p41 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 4]), p41);
            p50 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 5]), p50);
            p51 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 5]), p51);
            p60 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 6]), p60);
            p61 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 6]), p61);
            p70 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 7]), p70);
            p71 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 7]), p71);
        }
        float[] to = heads.values.data();
        int dim = heads.dim;
        int at = heads.values.at(head, column);
        FloatVector.fromArray(FLOATS, to, at).add(p00).intoArray(to, at);
        FloatVector.fromArray(FLOATS, to, at + WIDTH).add(p01).intoArray(to, at + WIDTH);
        FloatVector.fromArray(FLOATS, to, at + dim).add(p10).intoArray(to, at + dim);
        FloatVector.fromArray(FLOATS, to, at + dim + WIDTH).add(p11).intoArray(to, at + dim + WIDTH);
        FloatVector.fromArray(FLOATS, to, at + 2 * dim).add(p20).intoArray(to, at + 2 * dim);
        FloatVector.fromArray(FLOATS, to, at + 2 * dim + WIDTH).add(p21).intoArray(to, at + 2 * dim + WIDTH);
        FloatVector.fromArray(FLOATS, to, at + 3 * dim).add(p30).intoArray(to, at + 3 * dim);
        FloatVector.fromArray(FLOATS, to, at + 3 * dim + WIDTH).add(p31).intoArray(to, at + 3 * dim + WIDTH);
        FloatVector.fromArray(FLOATS, to, at + 4 * dim).add(p40).intoArray(to, at + 4 * dim);
        FloatVector.fromArray(FLOATS, to, at + 4 * dim + WIDTH).add(p41).intoArray(to, at + 4 * dim + WIDTH);
        FloatVector.fromArray(FLOATS, to, at + 5 * dim).add(p50).intoArray(to, at + 5 * dim);
        FloatVector.fromArray(FLOATS, to, at + 5 * dim + WIDTH).add(p51).intoArray(to, at + 5 * dim + WIDTH);
        FloatVector.fromArray(FLOATS, to, at + 6 * dim).add(p60).intoArray(to, at + 6 * dim);
        FloatVector.fromArray(FLOATS, to, at + 6 * dim + WIDTH).add(p61).intoArray(to, at + 6 * dim + WIDTH);
        FloatVector.fromArray(FLOATS, to, at + 7 * dim).add(p70).intoArray(to, at + 7 * dim);
        FloatVector.fromArray(FLOATS, to, at + 7 * dim + WIDTH).add(p71).intoArray(to, at + 7 * dim + WIDTH);
    }

    private static void fourHeads(Rows keys, int key, int count, HeadGroup heads, int head, int column) {
        float[] xs = heads.scores;
        float[] values = keys.data();
        int stride = keys.stride();
        FloatVector p00 = FloatVector.zero(FLOATS), p01 = p00;
        FloatVector p10 = p00, p11 = p00;
        FloatVector p20 = p00, p21 = p00;
        FloatVector p30 = p00, p31 = p00;
        for (int j = 0; j < count; j++) {
            int w = key + j * stride;
            int x = head + j * HeadGroup.LANES;
            FloatVector w0 = FloatVector.fromArray(FLOATS, values, w);
            FloatVector w1 = FloatVector.fromArray(FLOATS, values, w + WIDTH);
            p00 = w0.fma(FloatVector.broadcast(FLOATS, xs[x]), p00);
            p01 = w1.fma(FloatVector.broadcast(FLOATS, xs[x]), p01);
            p10 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 1]), p10);
            p11 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 1]), p11);
            p20 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 2]), p20);
            p21 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 2]), p21);
            p30 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 3]), p30);
            p31 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 3]), p31);
        }
        float[] to = heads.values.data();
        int dim = heads.dim;
        int at = heads.values.at(head, column);
        FloatVector.fromArray(FLOATS, to, at).add(p00).intoArray(to, at);
        FloatVector.fromArray(FLOATS, to, at + WIDTH).add(p01).intoArray(to, at + WIDTH);
        FloatVector.fromArray(FLOATS, to, at + dim).add(p10).intoArray(to, at + dim);
        FloatVector.fromArray(FLOATS, to, at + dim + WIDTH).add(p11).intoArray(to, at + dim + WIDTH);
        FloatVector.fromArray(FLOATS, to, at + 2 * dim).add(p20).intoArray(to, at + 2 * dim);
        FloatVector.fromArray(FLOATS, to, at + 2 * dim + WIDTH).add(p21).intoArray(to, at + 2 * dim + WIDTH);
        FloatVector.fromArray(FLOATS, to, at + 3 * dim).add(p30).intoArray(to, at + 3 * dim);
        FloatVector.fromArray(FLOATS, to, at + 3 * dim + WIDTH).add(p31).intoArray(to, at + 3 * dim + WIDTH);
    }

    @Override
    public void scoreKeys(float[] panel, IndexQuery query, float[] scores, int at) {
        for (int lane = 0; lane < Panel.LANES; lane += 2 * WIDTH) {
            FloatVector.zero(FLOATS).intoArray(scores, at + lane);
            FloatVector.zero(FLOATS).intoArray(scores, at + lane + WIDTH);
            for (int head = 0; head < query.stride; head += TILE) {
                if (MANY_REGISTERS) {
                    eightIndexHeads(panel, lane, query, head, scores, at + lane);
                } else {
                    fourIndexHeads(panel, lane, query, head, scores, at + lane);
                }
            }
        }
    }

    private static void eightIndexHeads(float[] panel, int lane, IndexQuery query, int head, float[] scores, int to) {
        float[] xs = query.values;
        int stride = query.stride;
        FloatVector p00 = FloatVector.zero(FLOATS), p01 = p00;
        FloatVector p10 = p00, p11 = p00;
        FloatVector p20 = p00, p21 = p00;
        FloatVector p30 = p00, p31 = p00;
        FloatVector p40 = p00, p41 = p00;
        FloatVector p50 = p00, p51 = p00;
        FloatVector p60 = p00, p61 = p00;
        FloatVector p70 = p00, p71 = p00;
        for (int k = 0; k < query.width; k++) {
            int at = k * Panel.LANES + lane;
            int x = k * stride + head;
            FloatVector w0 = FloatVector.fromArray(FLOATS, panel, at);
            FloatVector w1 = FloatVector.fromArray(FLOATS, panel, at + WIDTH);
            p00 = w0.fma(FloatVector.broadcast(FLOATS, xs[x]), p00);
            p01 = w1.fma(FloatVector.broadcast(FLOATS, xs[x]), p01);
            p10 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 1]), p10);
            p11 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 1]), p11);
            p20 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 2]), p20);
            p21 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 2]), p21);
            p30 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 3]), p30);
            p31 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 3]), p31);
            p40 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 4]), p40);
            p41 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 4]), p41);
            p50 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 5]), p50);
            p51 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 5]), p51);
            p60 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 6]), p60);
            p61 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 6]), p61);
            p70 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 7]), p70);
            p71 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 7]), p71);
        }
        float[] weights = query.weights;
        FloatVector s0 = FloatVector.fromArray(FLOATS, scores, to);
        FloatVector s1 = FloatVector.fromArray(FLOATS, scores, to + WIDTH);
        s0 = p00.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head]), s0);
        s1 = p01.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head]), s1);
        s0 = p10.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 1]), s0);
        s1 = p11.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 1]), s1);
        s0 = p20.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 2]), s0);
        s1 = p21.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 2]), s1);
        s0 = p30.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 3]), s0);
        s1 = p31.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 3]), s1);
        s0 = p40.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 4]), s0);
        s1 = p41.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 4]), s1);
        s0 = p50.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 5]), s0);
        s1 = p51.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 5]), s1);
        s0 = p60.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 6]), s0);
        s1 = p61.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 6]), s1);
        s0 = p70.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 7]), s0);
        s1 = p71.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 7]), s1);
        s0.intoArray(scores, to);
        s1.intoArray(scores, to + WIDTH);
    }

    private static void fourIndexHeads(float[] panel, int lane, IndexQuery query, int head, float[] scores, int to) {
        float[] xs = query.values;
        int stride = query.stride;
        FloatVector p00 = FloatVector.zero(FLOATS), p01 = p00;
        FloatVector p10 = p00, p11 = p00;
        FloatVector p20 = p00, p21 = p00;
        FloatVector p30 = p00, p31 = p00;
        for (int k = 0; k < query.width; k++) {
            int at = k * Panel.LANES + lane;
            int x = k * stride + head;
            FloatVector w0 = FloatVector.fromArray(FLOATS, panel, at);
            FloatVector w1 = FloatVector.fromArray(FLOATS, panel, at + WIDTH);
            p00 = w0.fma(FloatVector.broadcast(FLOATS, xs[x]), p00);
            p01 = w1.fma(FloatVector.broadcast(FLOATS, xs[x]), p01);
            p10 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 1]), p10);
            p11 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 1]), p11);
            p20 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 2]), p20);
            p21 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 2]), p21);
            p30 = w0.fma(FloatVector.broadcast(FLOATS, xs[x + 3]), p30);
            p31 = w1.fma(FloatVector.broadcast(FLOATS, xs[x + 3]), p31);
        }
        float[] weights = query.weights;
        FloatVector s0 = FloatVector.fromArray(FLOATS, scores, to);
        FloatVector s1 = FloatVector.fromArray(FLOATS, scores, to + WIDTH);
        s0 = p00.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head]), s0);
        s1 = p01.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head]), s1);
        s0 = p10.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 1]), s0);
        s1 = p11.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 1]), s1);
        s0 = p20.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 2]), s0);
        s1 = p21.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 2]), s1);
        s0 = p30.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 3]), s0);
        s1 = p31.max(0f).fma(FloatVector.broadcast(FLOATS, weights[head + 3]), s1);
        s0.intoArray(scores, to);
        s1.intoArray(scores, to + WIDTH);
    }
}
