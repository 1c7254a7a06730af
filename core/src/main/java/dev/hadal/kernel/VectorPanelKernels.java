package dev.hadal.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of many rows, for one vector width; a hidden class as {@link VectorKernels} is, with the same restrictions.
 *
 * <p>The bodies below are spelled out row by row, and call nothing of their own with vectors: the compiler keeps
 * vectors in registers only where it inlines all that they pass through, and it stops inlining in methods much larger
 * than these.
 */
final class VectorPanelKernels implements PanelKernels {
    private static final VectorSpecies<Float> FLOATS = species();
    private static final int WIDTH = FLOATS.length();

    private static final int IN = Workspace.DEPTH;
    private static final int OUT = Tile.COLUMNS;

    private static VectorSpecies<Float> species() {
        try {
            int bits = MethodHandles.classData(MethodHandles.lookup(), "_", Integer.class);
            return VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    VectorPanelKernels() {}

    @Override
    public void multiply(Rows x, Rows y, int firstRow, int rows, Panel panel) {
        int whole = panel.lanes - panel.lanes % (2 * WIDTH);
        boolean inTile = x.stride() == IN && y.stride() == OUT;
        boolean tiled = inTile && panel.stride == Panel.LANES && panel.inputColumn == 0;
        int row = firstRow;
        for (int rest = rows; rest > 0; ) {
            boolean shortBlocks = tiled && panel.block < panel.depth;
            int taken = rowsAtOnce(rest, shortBlocks);
            for (int lane = 0; lane < whole; lane += 2 * WIDTH) {
                switch (taken) {
                    case 8 -> {
                        if (tiled) {
                            eightTileRows(x.data(), y.data(), row, panel, lane);
                        } else {
                            eightRows(x, y, row, panel, lane);
                        }
                    }
                    case 6 -> {
                        if (tiled && WIDTH == 16) {
                            sixTileRows(x.data(), y.data(), row, panel, lane);
                        } else {
                            sixRows(x, y, row, panel, lane);
                        }
                    }
                    case 4 -> fourRows(x, y, row, panel, lane);
                    default -> oneRow(x, y, row, panel, lane);
                }
            }
            for (int r = row; r < row + taken && whole < panel.lanes; r++) {
                lastLanes(x, y, r, panel, whole);
            }
            row += taken;
            rest -= taken;
        }
    }

    /**
     * How many of {@code rest} rows to take together. Eight with two vectors each need 16 sums, more registers than
     * there are below 512 bits; six need 12. Fewer than four cannot keep two multipliers busy.
     */
    private static int rowsAtOnce(int rest, boolean shortBlocks) {
        if (WIDTH == 16 && (rest == 8 || (rest > 8 && rest != 12 && !shortBlocks))) {
            return 8;
        }
        if (rest == 6 || rest >= 10) {
            return 6;
        }
        return rest >= 4 ? 4 : 1;
    }

    /**
     * {@link #eightRows} in a {@link Tile}, whose strides are constants: with them the compiler checks bounds once for
     * all rows, and a block of 32 inputs is too short to hide it otherwise.
     */
    private static void eightTileRows(float[] xs, float[] ys, int row, Panel panel, int lane) {
        float[] ws = panel.weights;
        int to = row * Tile.COLUMNS + panel.outputColumn + lane;
        int w0 = panel.offset + lane;
        int from = row * Workspace.DEPTH;
        for (int first = 0, scale = lane; first < panel.depth; scale += Panel.LANES) {
            int inputs = Math.min(panel.block, panel.depth - first);
            FloatVector p00 = FloatVector.zero(FLOATS), p01 = p00;
            FloatVector p10 = p00, p11 = p00;
            FloatVector p20 = p00, p21 = p00;
            FloatVector p30 = p00, p31 = p00;
            FloatVector p40 = p00, p41 = p00;
            FloatVector p50 = p00, p51 = p00;
            FloatVector p60 = p00, p61 = p00;
            FloatVector p70 = p00, p71 = p00;
            for (int k = 0; k < inputs; k++) {
                FloatVector u = FloatVector.fromArray(FLOATS, ws, w0 + k * Panel.LANES);
                FloatVector v = FloatVector.fromArray(FLOATS, ws, w0 + k * Panel.LANES + WIDTH);
                p00 = u.fma(FloatVector.broadcast(FLOATS, xs[from + k]), p00);
                p01 = v.fma(FloatVector.broadcast(FLOATS, xs[from + k]), p01);
                p10 = u.fma(FloatVector.broadcast(FLOATS, xs[from + IN + k]), p10);
                p11 = v.fma(FloatVector.broadcast(FLOATS, xs[from + IN + k]), p11);
                p20 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 2 * IN + k]), p20);
                p21 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 2 * IN + k]), p21);
                p30 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 3 * IN + k]), p30);
                p31 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 3 * IN + k]), p31);
                p40 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 4 * IN + k]), p40);
                p41 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 4 * IN + k]), p41);
                p50 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 5 * IN + k]), p50);
                p51 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 5 * IN + k]), p51);
                p60 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 6 * IN + k]), p60);
                p61 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 6 * IN + k]), p61);
                p70 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 7 * IN + k]), p70);
                p71 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 7 * IN + k]), p71);
            }
            FloatVector s = FloatVector.fromArray(FLOATS, panel.scales, scale);
            FloatVector t = FloatVector.fromArray(FLOATS, panel.scales, scale + WIDTH);
            s.fma(p00, FloatVector.fromArray(FLOATS, ys, to)).intoArray(ys, to);
            t.fma(p01, FloatVector.fromArray(FLOATS, ys, to + WIDTH)).intoArray(ys, to + WIDTH);
            s.fma(p10, FloatVector.fromArray(FLOATS, ys, to + OUT)).intoArray(ys, to + OUT);
            t.fma(p11, FloatVector.fromArray(FLOATS, ys, to + OUT + WIDTH)).intoArray(ys, to + OUT + WIDTH);
            s.fma(p20, FloatVector.fromArray(FLOATS, ys, to + 2 * OUT)).intoArray(ys, to + 2 * OUT);
            t.fma(p21, FloatVector.fromArray(FLOATS, ys, to + 2 * OUT + WIDTH)).intoArray(ys, to + 2 * OUT + WIDTH);
            s.fma(p30, FloatVector.fromArray(FLOATS, ys, to + 3 * OUT)).intoArray(ys, to + 3 * OUT);
            t.fma(p31, FloatVector.fromArray(FLOATS, ys, to + 3 * OUT + WIDTH)).intoArray(ys, to + 3 * OUT + WIDTH);
            s.fma(p40, FloatVector.fromArray(FLOATS, ys, to + 4 * OUT)).intoArray(ys, to + 4 * OUT);
            t.fma(p41, FloatVector.fromArray(FLOATS, ys, to + 4 * OUT + WIDTH)).intoArray(ys, to + 4 * OUT + WIDTH);
            s.fma(p50, FloatVector.fromArray(FLOATS, ys, to + 5 * OUT)).intoArray(ys, to + 5 * OUT);
            t.fma(p51, FloatVector.fromArray(FLOATS, ys, to + 5 * OUT + WIDTH)).intoArray(ys, to + 5 * OUT + WIDTH);
            s.fma(p60, FloatVector.fromArray(FLOATS, ys, to + 6 * OUT)).intoArray(ys, to + 6 * OUT);
            t.fma(p61, FloatVector.fromArray(FLOATS, ys, to + 6 * OUT + WIDTH)).intoArray(ys, to + 6 * OUT + WIDTH);
            s.fma(p70, FloatVector.fromArray(FLOATS, ys, to + 7 * OUT)).intoArray(ys, to + 7 * OUT);
            t.fma(p71, FloatVector.fromArray(FLOATS, ys, to + 7 * OUT + WIDTH)).intoArray(ys, to + 7 * OUT + WIDTH);
            first += inputs;
            from += inputs;
            w0 += inputs * Panel.LANES;
        }
    }

    /**
     * {@link #sixRows} in a {@link Tile}, for blocks of 32 inputs: what the blocks add up to stays in registers, of which
     * eight rows would need more than there are.
     */
    private static void sixTileRows(float[] xs, float[] ys, int row, Panel panel, int lane) {
        float[] ws = panel.weights;
        int to = row * Tile.COLUMNS + panel.outputColumn + lane;
        int w0 = panel.offset + lane;
        int from = row * Workspace.DEPTH;
        FloatVector t00 = FloatVector.fromArray(FLOATS, ys, to), t01 = FloatVector.fromArray(FLOATS, ys, to + WIDTH);
        FloatVector t10 = FloatVector.fromArray(FLOATS, ys, to + OUT),
                t11 = FloatVector.fromArray(FLOATS, ys, to + OUT + WIDTH);
        FloatVector t20 = FloatVector.fromArray(FLOATS, ys, to + 2 * OUT),
                t21 = FloatVector.fromArray(FLOATS, ys, to + 2 * OUT + WIDTH);
        FloatVector t30 = FloatVector.fromArray(FLOATS, ys, to + 3 * OUT),
                t31 = FloatVector.fromArray(FLOATS, ys, to + 3 * OUT + WIDTH);
        FloatVector t40 = FloatVector.fromArray(FLOATS, ys, to + 4 * OUT),
                t41 = FloatVector.fromArray(FLOATS, ys, to + 4 * OUT + WIDTH);
        FloatVector t50 = FloatVector.fromArray(FLOATS, ys, to + 5 * OUT),
                t51 = FloatVector.fromArray(FLOATS, ys, to + 5 * OUT + WIDTH);
        for (int first = 0, scale = lane; first < panel.depth; scale += Panel.LANES) {
            int inputs = Math.min(panel.block, panel.depth - first);
            FloatVector p00 = FloatVector.zero(FLOATS), p01 = p00;
            FloatVector p10 = FloatVector.zero(FLOATS), p11 = p10;
            FloatVector p20 = FloatVector.zero(FLOATS), p21 = p20;
            FloatVector p30 = FloatVector.zero(FLOATS), p31 = p30;
            FloatVector p40 = FloatVector.zero(FLOATS), p41 = p40;
            FloatVector p50 = FloatVector.zero(FLOATS), p51 = p50;
            for (int k = 0; k < inputs; k++) {
                FloatVector u = FloatVector.fromArray(FLOATS, ws, w0 + k * Panel.LANES);
                FloatVector v = FloatVector.fromArray(FLOATS, ws, w0 + k * Panel.LANES + WIDTH);
                p00 = u.fma(FloatVector.broadcast(FLOATS, xs[from + k]), p00);
                p01 = v.fma(FloatVector.broadcast(FLOATS, xs[from + k]), p01);
                p10 = u.fma(FloatVector.broadcast(FLOATS, xs[from + IN + k]), p10);
                p11 = v.fma(FloatVector.broadcast(FLOATS, xs[from + IN + k]), p11);
                p20 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 2 * IN + k]), p20);
                p21 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 2 * IN + k]), p21);
                p30 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 3 * IN + k]), p30);
                p31 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 3 * IN + k]), p31);
                p40 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 4 * IN + k]), p40);
                p41 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 4 * IN + k]), p41);
                p50 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 5 * IN + k]), p50);
                p51 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 5 * IN + k]), p51);
            }
            FloatVector s = FloatVector.fromArray(FLOATS, panel.scales, scale);
            FloatVector t = FloatVector.fromArray(FLOATS, panel.scales, scale + WIDTH);
            t00 = s.fma(p00, t00);
            t01 = t.fma(p01, t01);
            t10 = s.fma(p10, t10);
            t11 = t.fma(p11, t11);
            t20 = s.fma(p20, t20);
            t21 = t.fma(p21, t21);
            t30 = s.fma(p30, t30);
            t31 = t.fma(p31, t31);
            t40 = s.fma(p40, t40);
            t41 = t.fma(p41, t41);
            t50 = s.fma(p50, t50);
            t51 = t.fma(p51, t51);
            first += inputs;
            from += inputs;
            w0 += inputs * Panel.LANES;
        }
        t00.intoArray(ys, to);
        t01.intoArray(ys, to + WIDTH);
        t10.intoArray(ys, to + OUT);
        t11.intoArray(ys, to + OUT + WIDTH);
        t20.intoArray(ys, to + 2 * OUT);
        t21.intoArray(ys, to + 2 * OUT + WIDTH);
        t30.intoArray(ys, to + 3 * OUT);
        t31.intoArray(ys, to + 3 * OUT + WIDTH);
        t40.intoArray(ys, to + 4 * OUT);
        t41.intoArray(ys, to + 4 * OUT + WIDTH);
        t50.intoArray(ys, to + 5 * OUT);
        t51.intoArray(ys, to + 5 * OUT + WIDTH);
    }

    private static void eightRows(Rows x, Rows y, int row, Panel panel, int lane) {
        float[] xs = x.data();
        float[] ys = y.data();
        float[] ws = panel.weights;
        int in = x.stride();
        int out = y.stride();
        int to = y.at(row, panel.outputColumn) + lane;
        for (int first = 0, scale = lane; first < panel.depth; first += panel.block, scale += Panel.LANES) {
            int inputs = Math.min(panel.block, panel.depth - first);
            int from = x.at(row, panel.inputColumn) + first;
            FloatVector p00 = FloatVector.zero(FLOATS), p01 = p00;
            FloatVector p10 = p00, p11 = p00;
            FloatVector p20 = p00, p21 = p00;
            FloatVector p30 = p00, p31 = p00;
            FloatVector p40 = p00, p41 = p00;
            FloatVector p50 = p00, p51 = p00;
            FloatVector p60 = p00, p61 = p00;
            FloatVector p70 = p00, p71 = p00;
            for (int k = 0; k < inputs; k++) {
                int w = panel.offset + lane + (first + k) * panel.stride;
                FloatVector u = FloatVector.fromArray(FLOATS, ws, w);
                FloatVector v = FloatVector.fromArray(FLOATS, ws, w + WIDTH);
                p00 = u.fma(FloatVector.broadcast(FLOATS, xs[from + k]), p00);
                p01 = v.fma(FloatVector.broadcast(FLOATS, xs[from + k]), p01);
                p10 = u.fma(FloatVector.broadcast(FLOATS, xs[from + in + k]), p10);
                p11 = v.fma(FloatVector.broadcast(FLOATS, xs[from + in + k]), p11);
                p20 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 2 * in + k]), p20);
                p21 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 2 * in + k]), p21);
                p30 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 3 * in + k]), p30);
                p31 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 3 * in + k]), p31);
                p40 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 4 * in + k]), p40);
                p41 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 4 * in + k]), p41);
                p50 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 5 * in + k]), p50);
                p51 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 5 * in + k]), p51);
                p60 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 6 * in + k]), p60);
                p61 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 6 * in + k]), p61);
                p70 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 7 * in + k]), p70);
                p71 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 7 * in + k]), p71);
            }
            FloatVector s = FloatVector.fromArray(FLOATS, panel.scales, scale);
            FloatVector t = FloatVector.fromArray(FLOATS, panel.scales, scale + WIDTH);
            s.fma(p00, FloatVector.fromArray(FLOATS, ys, to)).intoArray(ys, to);
            t.fma(p01, FloatVector.fromArray(FLOATS, ys, to + WIDTH)).intoArray(ys, to + WIDTH);
            s.fma(p10, FloatVector.fromArray(FLOATS, ys, to + out)).intoArray(ys, to + out);
            t.fma(p11, FloatVector.fromArray(FLOATS, ys, to + out + WIDTH)).intoArray(ys, to + out + WIDTH);
            s.fma(p20, FloatVector.fromArray(FLOATS, ys, to + 2 * out)).intoArray(ys, to + 2 * out);
            t.fma(p21, FloatVector.fromArray(FLOATS, ys, to + 2 * out + WIDTH)).intoArray(ys, to + 2 * out + WIDTH);
            s.fma(p30, FloatVector.fromArray(FLOATS, ys, to + 3 * out)).intoArray(ys, to + 3 * out);
            t.fma(p31, FloatVector.fromArray(FLOATS, ys, to + 3 * out + WIDTH)).intoArray(ys, to + 3 * out + WIDTH);
            s.fma(p40, FloatVector.fromArray(FLOATS, ys, to + 4 * out)).intoArray(ys, to + 4 * out);
            t.fma(p41, FloatVector.fromArray(FLOATS, ys, to + 4 * out + WIDTH)).intoArray(ys, to + 4 * out + WIDTH);
            s.fma(p50, FloatVector.fromArray(FLOATS, ys, to + 5 * out)).intoArray(ys, to + 5 * out);
            t.fma(p51, FloatVector.fromArray(FLOATS, ys, to + 5 * out + WIDTH)).intoArray(ys, to + 5 * out + WIDTH);
            s.fma(p60, FloatVector.fromArray(FLOATS, ys, to + 6 * out)).intoArray(ys, to + 6 * out);
            t.fma(p61, FloatVector.fromArray(FLOATS, ys, to + 6 * out + WIDTH)).intoArray(ys, to + 6 * out + WIDTH);
            s.fma(p70, FloatVector.fromArray(FLOATS, ys, to + 7 * out)).intoArray(ys, to + 7 * out);
            t.fma(p71, FloatVector.fromArray(FLOATS, ys, to + 7 * out + WIDTH)).intoArray(ys, to + 7 * out + WIDTH);
        }
    }

    private static void sixRows(Rows x, Rows y, int row, Panel panel, int lane) {
        float[] xs = x.data();
        float[] ys = y.data();
        float[] ws = panel.weights;
        int in = x.stride();
        int out = y.stride();
        int to = y.at(row, panel.outputColumn) + lane;
        for (int first = 0, scale = lane; first < panel.depth; first += panel.block, scale += Panel.LANES) {
            int inputs = Math.min(panel.block, panel.depth - first);
            int from = x.at(row, panel.inputColumn) + first;
            FloatVector p00 = FloatVector.zero(FLOATS), p01 = p00;
            FloatVector p10 = p00, p11 = p00;
            FloatVector p20 = p00, p21 = p00;
            FloatVector p30 = p00, p31 = p00;
            FloatVector p40 = p00, p41 = p00;
            FloatVector p50 = p00, p51 = p00;
            for (int k = 0; k < inputs; k++) {
                int w = panel.offset + lane + (first + k) * panel.stride;
                FloatVector u = FloatVector.fromArray(FLOATS, ws, w);
                FloatVector v = FloatVector.fromArray(FLOATS, ws, w + WIDTH);
                p00 = u.fma(FloatVector.broadcast(FLOATS, xs[from + k]), p00);
                p01 = v.fma(FloatVector.broadcast(FLOATS, xs[from + k]), p01);
                p10 = u.fma(FloatVector.broadcast(FLOATS, xs[from + in + k]), p10);
                p11 = v.fma(FloatVector.broadcast(FLOATS, xs[from + in + k]), p11);
                p20 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 2 * in + k]), p20);
                p21 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 2 * in + k]), p21);
                p30 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 3 * in + k]), p30);
                p31 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 3 * in + k]), p31);
                p40 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 4 * in + k]), p40);
                p41 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 4 * in + k]), p41);
                p50 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 5 * in + k]), p50);
                p51 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 5 * in + k]), p51);
            }
            FloatVector s = FloatVector.fromArray(FLOATS, panel.scales, scale);
            FloatVector t = FloatVector.fromArray(FLOATS, panel.scales, scale + WIDTH);
            s.fma(p00, FloatVector.fromArray(FLOATS, ys, to)).intoArray(ys, to);
            t.fma(p01, FloatVector.fromArray(FLOATS, ys, to + WIDTH)).intoArray(ys, to + WIDTH);
            s.fma(p10, FloatVector.fromArray(FLOATS, ys, to + out)).intoArray(ys, to + out);
            t.fma(p11, FloatVector.fromArray(FLOATS, ys, to + out + WIDTH)).intoArray(ys, to + out + WIDTH);
            s.fma(p20, FloatVector.fromArray(FLOATS, ys, to + 2 * out)).intoArray(ys, to + 2 * out);
            t.fma(p21, FloatVector.fromArray(FLOATS, ys, to + 2 * out + WIDTH)).intoArray(ys, to + 2 * out + WIDTH);
            s.fma(p30, FloatVector.fromArray(FLOATS, ys, to + 3 * out)).intoArray(ys, to + 3 * out);
            t.fma(p31, FloatVector.fromArray(FLOATS, ys, to + 3 * out + WIDTH)).intoArray(ys, to + 3 * out + WIDTH);
            s.fma(p40, FloatVector.fromArray(FLOATS, ys, to + 4 * out)).intoArray(ys, to + 4 * out);
            t.fma(p41, FloatVector.fromArray(FLOATS, ys, to + 4 * out + WIDTH)).intoArray(ys, to + 4 * out + WIDTH);
            s.fma(p50, FloatVector.fromArray(FLOATS, ys, to + 5 * out)).intoArray(ys, to + 5 * out);
            t.fma(p51, FloatVector.fromArray(FLOATS, ys, to + 5 * out + WIDTH)).intoArray(ys, to + 5 * out + WIDTH);
        }
    }

    private static void fourRows(Rows x, Rows y, int row, Panel panel, int lane) {
        float[] xs = x.data();
        float[] ys = y.data();
        float[] ws = panel.weights;
        int in = x.stride();
        int out = y.stride();
        int to = y.at(row, panel.outputColumn) + lane;
        for (int first = 0, scale = lane; first < panel.depth; first += panel.block, scale += Panel.LANES) {
            int inputs = Math.min(panel.block, panel.depth - first);
            int from = x.at(row, panel.inputColumn) + first;
            FloatVector p00 = FloatVector.zero(FLOATS), p01 = p00;
            FloatVector p10 = p00, p11 = p00;
            FloatVector p20 = p00, p21 = p00;
            FloatVector p30 = p00, p31 = p00;
            for (int k = 0; k < inputs; k++) {
                int w = panel.offset + lane + (first + k) * panel.stride;
                FloatVector u = FloatVector.fromArray(FLOATS, ws, w);
                FloatVector v = FloatVector.fromArray(FLOATS, ws, w + WIDTH);
                p00 = u.fma(FloatVector.broadcast(FLOATS, xs[from + k]), p00);
                p01 = v.fma(FloatVector.broadcast(FLOATS, xs[from + k]), p01);
                p10 = u.fma(FloatVector.broadcast(FLOATS, xs[from + in + k]), p10);
                p11 = v.fma(FloatVector.broadcast(FLOATS, xs[from + in + k]), p11);
                p20 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 2 * in + k]), p20);
                p21 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 2 * in + k]), p21);
                p30 = u.fma(FloatVector.broadcast(FLOATS, xs[from + 3 * in + k]), p30);
                p31 = v.fma(FloatVector.broadcast(FLOATS, xs[from + 3 * in + k]), p31);
            }
            FloatVector s = FloatVector.fromArray(FLOATS, panel.scales, scale);
            FloatVector t = FloatVector.fromArray(FLOATS, panel.scales, scale + WIDTH);
            s.fma(p00, FloatVector.fromArray(FLOATS, ys, to)).intoArray(ys, to);
            t.fma(p01, FloatVector.fromArray(FLOATS, ys, to + WIDTH)).intoArray(ys, to + WIDTH);
            s.fma(p10, FloatVector.fromArray(FLOATS, ys, to + out)).intoArray(ys, to + out);
            t.fma(p11, FloatVector.fromArray(FLOATS, ys, to + out + WIDTH)).intoArray(ys, to + out + WIDTH);
            s.fma(p20, FloatVector.fromArray(FLOATS, ys, to + 2 * out)).intoArray(ys, to + 2 * out);
            t.fma(p21, FloatVector.fromArray(FLOATS, ys, to + 2 * out + WIDTH)).intoArray(ys, to + 2 * out + WIDTH);
            s.fma(p30, FloatVector.fromArray(FLOATS, ys, to + 3 * out)).intoArray(ys, to + 3 * out);
            t.fma(p31, FloatVector.fromArray(FLOATS, ys, to + 3 * out + WIDTH)).intoArray(ys, to + 3 * out + WIDTH);
        }
    }

    private static void oneRow(Rows x, Rows y, int row, Panel panel, int lane) {
        float[] xs = x.data();
        float[] ys = y.data();
        float[] ws = panel.weights;
        int to = y.at(row, panel.outputColumn) + lane;
        for (int first = 0, scale = lane; first < panel.depth; first += panel.block, scale += Panel.LANES) {
            int inputs = Math.min(panel.block, panel.depth - first);
            int from = x.at(row, panel.inputColumn) + first;
            FloatVector p00 = FloatVector.zero(FLOATS), p01 = p00;
            for (int k = 0; k < inputs; k++) {
                int w = panel.offset + lane + (first + k) * panel.stride;
                FloatVector u = FloatVector.fromArray(FLOATS, ws, w);
                FloatVector v = FloatVector.fromArray(FLOATS, ws, w + WIDTH);
                p00 = u.fma(FloatVector.broadcast(FLOATS, xs[from + k]), p00);
                p01 = v.fma(FloatVector.broadcast(FLOATS, xs[from + k]), p01);
            }
            FloatVector s = FloatVector.fromArray(FLOATS, panel.scales, scale);
            FloatVector t = FloatVector.fromArray(FLOATS, panel.scales, scale + WIDTH);
            s.fma(p00, FloatVector.fromArray(FLOATS, ys, to)).intoArray(ys, to);
            t.fma(p01, FloatVector.fromArray(FLOATS, ys, to + WIDTH)).intoArray(ys, to + WIDTH);
        }
    }

    /** The lanes from {@code firstLane} on when they do not fill two vectors. */
    private static void lastLanes(Rows x, Rows y, int row, Panel panel, int firstLane) {
        int x0 = x.at(row, panel.inputColumn);
        for (int lane = firstLane; lane < panel.lanes; lane += WIDTH) {
            VectorMask<Float> mask = FLOATS.indexInRange(lane, panel.lanes);
            int first = panel.offset + lane;
            int output = y.at(row, panel.outputColumn) + lane;
            for (int k = 0, b = 0; k < panel.depth; b++) {
                int end = (int) Math.min(panel.depth, (long) k + panel.block);
                FloatVector part = FloatVector.zero(FLOATS);
                for (; k < end; k++) {
                    FloatVector w = FloatVector.fromArray(FLOATS, panel.weights, first + k * panel.stride, mask);
                    part = FloatVector.broadcast(FLOATS, x.data()[x0 + k]).fma(w, part);
                }
                FloatVector.fromArray(FLOATS, panel.scales, b * Panel.LANES + lane, mask)
                        .fma(part, FloatVector.fromArray(FLOATS, y.data(), output, mask))
                        .intoArray(y.data(), output, mask);
            }
        }
    }
}
