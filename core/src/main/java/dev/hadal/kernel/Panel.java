package dev.hadal.kernel;

/**
 * A slice of a weight matrix, decoded and turned so that neighbouring values belong to neighbouring outputs: up to
 * {@link #LANES} outputs over {@code depth} inputs. Because a lane is an output, a product needs no sum across lanes,
 * and the order of its additions depends on nothing but the input index. That is why a vector of any width, one row
 * or five hundred, give the same bits.
 */
public final class Panel {
    /** Outputs side by side in a panel. */
    public static final int LANES = 32;

    private final float[] own;

    /** Weight of input {@code k} for lane {@code j}: {@code weights[offset + k * stride + j]}. */
    float[] weights;

    int offset;
    int stride;

    /** Number of inputs. */
    int depth;

    /** Inputs that share a scale; the last block may be shorter. */
    int block;

    /** Scale of block {@code b} for lane {@code j}: {@code scales[b * LANES + j]}. */
    final float[] scales;

    /** Column of the input rows that input 0 stands in. */
    int inputColumn;

    /** Column of the output rows that lane 0 goes to. */
    int outputColumn;

    /** Lanes that are written, at most {@link #LANES}. */
    int lanes;

    /** A panel with room for {@code blocks} scales a lane and {@code depth} weights a lane. */
    public Panel(int depth, int blocks) {
        this.own = new float[depth * LANES];
        this.weights = own;
        this.scales = new float[blocks * LANES];
        this.stride = LANES;
    }

    /** Sets one scale for all lanes and the whole depth. */
    public Panel scaledBy(float scale) {
        java.util.Arrays.fill(scales, 0, LANES, scale);
        block = Integer.MAX_VALUE;
        return this;
    }

    /** Uses its own weights, to be decoded into. */
    Panel own(int inputs) {
        return over(own, 0, LANES, inputs);
    }

    /** Takes weights that lie in somebody else's array, {@code stride} values from one input to the next. */
    public Panel over(float[] values, int firstValue, int valueStride, int inputs) {
        weights = values;
        offset = firstValue;
        stride = valueStride;
        depth = inputs;
        return this;
    }

    /** Says which columns are read and written. */
    public Panel between(int firstInputColumn, int firstOutputColumn, int writtenLanes) {
        inputColumn = firstInputColumn;
        outputColumn = firstOutputColumn;
        lanes = writtenLanes;
        return this;
    }
}
