package dev.hadal.kernel;

/** What one worker needs to decode weights: a panel and a buffer for the bytes of one stored row. */
public final class Workspace {
    /** Inputs that are decoded at a time; a multiple of every block of the stored formats. */
    static final int DEPTH = 128;
    /** The finest scale is that of FP4: one for 32 inputs. */
    static final int BLOCKS = DEPTH / 32;

    final Panel panel = new Panel(DEPTH, BLOCKS);
    final byte[] bytes = new byte[DEPTH * Float.BYTES];

    /** One value for each lane. */
    final float[] lanes = new float[Panel.LANES];

    private float[] row = new float[0];

    /** Room for one input row; grows to the widest matrix and stays. */
    float[] row(int inputs) {
        if (row.length < inputs) {
            row = new float[inputs];
        }
        return row;
    }

    /** Memory held, in bytes. */
    public long bytes() {
        return (long) (panel.weights.length + panel.scales.length + lanes.length + row.length) * Float.BYTES
                + bytes.length;
    }
}
