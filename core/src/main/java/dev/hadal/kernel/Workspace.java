package dev.hadal.kernel;

/** What one worker needs to decode weights: a panel and a buffer for the bytes of one stored row. */
public final class Workspace {
    /** Inputs that are decoded at a time; a multiple of every block of the stored formats. */
    static final int DEPTH = 128;
    /** The finest scale is that of FP4: one for 32 inputs. */
    static final int BLOCKS = DEPTH / 32;

    final Panel panel = new Panel(DEPTH, BLOCKS);
    final Tile tile = new Tile();
    final Piece piece = new Piece();
    final byte[] bytes = new byte[DEPTH * Float.BYTES];

    /** Where four rows begin. */
    final int[] fourRows = new int[4];

    /** Results for one panel and up to four rows. */
    final float[] lanes = new float[IntegerKernels.ROOM];

    /** What the worker works on. */
    public Piece piece() {
        return piece;
    }

    /** The worker's part of a product of many rows. */
    public Tile tile() {
        return tile;
    }

    /** Memory held, in bytes. */
    public long bytes() {
        return (long) (panel.weights.length + panel.scales.length + lanes.length) * Float.BYTES
                + tile.bytes()
                + bytes.length;
    }
}
