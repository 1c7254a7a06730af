package dev.hadal.kernel;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Runs vector kernels on made-up numbers until each is about as fast as its plain twin. */
final class KernelProbe {
    /** A compiled vector kernel is at least as fast as plain code; an uncompiled one is a hundred times slower. */
    private static final double FAST_ENOUGH = 2;

    private static final int WIDTH = 512;
    private static final int ROWS = 13;

    private final Kernels vector;
    private final Kernels scalar = new ScalarKernels();
    private final BooleanSupplier cancelled;
    private final Rows x = Rows.allocate(ROWS, WIDTH);
    private final Rows y = Rows.allocate(ROWS, WIDTH);
    private final Rows tileInputs = Rows.allocate(ROWS, Workspace.DEPTH);
    private final Rows tileSums = Rows.allocate(ROWS, Tile.COLUMNS);
    private final Panel full = new Panel(128, 4);
    private final Panel partial = new Panel(128, 4);
    private final Panel unpacked = new Panel(128, 4);
    private final PackedMatrix fp8 = PackedMatrix.allocate(PackedMatrix.Format.FP8, 1, WIDTH);
    private final PackedMatrix fp4 = PackedMatrix.allocate(PackedMatrix.Format.FP4, 1, WIDTH);
    private final PackedMatrix bf16 = PackedMatrix.allocate(PackedMatrix.Format.BF16, 1, WIDTH);
    private final IntegerRows integers = new IntegerRows(Rows.allocate(4, WIDTH));
    private final int[] four = {0, 1, 2, 3};
    private final float[] sums = new float[IntegerKernels.ROOM];
    private final float[] scratch = new float[WIDTH];
    private final EntryLayout entry = new EntryLayout(WIDTH, WIDTH - EntryLayout.GROUP);
    private final byte[] entryBytes = new byte[entry.bytes()];
    private final KeyLayout key = new KeyLayout(128);
    private final byte[] keyBytes = new byte[key.bytes()];
    private final float[] keys = new float[128 * Panel.LANES];
    private final IndexQuery query = new IndexQuery(IndexQuery.STEP, 128);
    private final HeadGroup heads = new HeadGroup(WIDTH);
    private final Candidates candidates = new Candidates(2 * WIDTH);

    /** One call of one kernel. */
    private interface Probe {
        void run(Kernels kernels);
    }

    private final List<Probe> probes = List.of(
            k -> k.multiply(x, y, 0, ROWS, full),
            k -> k.multiply(tileInputs, tileSums, 0, ROWS, full),
            k -> k.multiply(x, y, 0, ROWS, partial),
            k -> k.multiply(x, y, 0, 1, full),
            k -> k.packed().unpack(fp8, 0, 0, 128, unpacked),
            k -> k.packed().unpack(fp4, 0, 0, 128, unpacked),
            k -> k.packed().unpack(bf16, 0, 0, 128, unpacked),
            k -> k.packed().multiply(x.data(), 0, fp8, 0, y.data()),
            k -> k.packed().multiply(x.data(), 0, fp4, 0, y.data()),
            k -> k.packed().multiply(x.data(), 0, bf16, 0, y.data()),
            k -> k.packed().multiplyTwo(x.data(), 0, WIDTH, fp8, 0, y.data()),
            k -> k.packed().multiplyTwo(x.data(), 0, WIDTH, fp4, 0, y.data()),
            k -> k.packed().multiplyTwo(x.data(), 0, WIDTH, bf16, 0, y.data()),
            k -> multiplyRaised(k.raised(), 1),
            k -> multiplyRaised(k.raised(), 2),
            k -> multiplyRaised(k.raised(), 4),
            k -> multiplyPairs(k.pairs()),
            k -> k.toIntegers(x.data(), 0, integers, 1),
            k -> multiplyIntegers(k.integers(), 1),
            k -> multiplyIntegers(k.integers(), 2),
            k -> multiplyIntegers(k.integers(), 4),
            k -> k.sum(x.data(), 0, WIDTH),
            k -> k.sumOfSquares(x.data(), 0, WIDTH),
            k -> k.packed().blockSum(x.data(), 0, full.weights, 0, y.data(), 0),
            k -> k.mixUp(new Rows(x.data(), WIDTH), new Rows(y.data(), WIDTH / 4), y, 1),
            k -> k.exponentials(x.data(), 0, WIDTH, 1f),
            k -> k.add(y.data(), 0, x.data(), 0, WIDTH),
            k -> k.swiglu(x.data(), 0, y.data(), 0, WIDTH, new Kernels.Clamp(10f, 1f)),
            k -> k.state().storeEntry(x.data(), 0, entry, entryBytes, 0),
            k -> k.state().loadEntry(entryBytes, 0, entry, scratch, 0),
            k -> k.state().loadKeys(keyBytes, key, keys),
            k -> k.state().roundKey(scratch, 0, WIDTH),
            k -> k.state().hadamard(scratch, 0, WIDTH),
            k -> k.state().rotate(scratch, 0, keys, keys, 0, WIDTH),
            k -> k.state().rotateBack(scratch, 0, keys, keys, 0, WIDTH),
            k -> k.state().belowMax(scratch, 8, WIDTH / 8),
            k -> k.state().weightedMean(x.data(), x.data(), 8, WIDTH, scratch),
            k -> collect(k.state()),
            k -> k.state().countAbove(candidates, 0),
            k -> attend(k, HeadGroup.LANES),
            k -> attend(k, HeadGroup.STEP),
            k -> k.attention().scoreKeys(keys, query, scratch, 0));

    KernelProbe(Kernels vector, BooleanSupplier cancelled) {
        this.vector = vector;
        this.cancelled = cancelled;
        full.over(full.weights, 0, Panel.LANES, 128).between(0, 0, Panel.LANES).scaledBy(1f);
        partial.over(partial.weights, 0, Panel.LANES, 128).between(0, 0, 5).scaledBy(1f);
        full.block = 32;
        partial.block = 128;
    }

    private void multiplyRaised(@Nullable RaisedKernels kernels, int rows) {
        if (kernels == null) {
            return;
        }
        switch (rows) {
            case 4 -> kernels.multiplyFour(x.data(), 0, fp8, 0, sums);
            case 2 -> kernels.multiplyTwo(x.data(), 0, fp8, 0, sums);
            default -> kernels.multiply(x.data(), 0, fp8, 0, sums);
        }
    }

    private void multiplyPairs(@Nullable PairKernels kernels) {
        if (kernels != null) {
            kernels.multiply(x.data(), 0, bf16, 0, 0, sums);
            kernels.multiplyRaised(x.data(), 0, fp8, 0, 0, sums);
        }
    }

    private void multiplyIntegers(@Nullable IntegerKernels kernels, int rows) {
        if (kernels == null) {
            return;
        }
        switch (rows) {
            case 4 -> kernels.multiplyFour(integers, four, fp4, 0, sums);
            case 2 -> kernels.multiplyTwo(integers, 0, 1, fp4, 0, sums);
            default -> kernels.multiply(integers, 0, fp4, 0, sums);
        }
    }

    private void collect(StateKernels kernels) {
        candidates.size = 0;
        kernels.collect(x.data(), 0, WIDTH, 0, candidates);
    }

    private void attend(Kernels kernels, int lanes) {
        heads.start(x, 0, 0, 1, scratch, 1f);
        heads.lanes = lanes;
        heads.attend(kernels, x, 0, ROWS);
    }

    /** False when cancelled or still slow after {@code nanos}. */
    boolean untilFast(long nanos) {
        long end = System.nanoTime() + nanos;
        for (Probe probe : probes) {
            while (!fast(probe)) {
                if (cancelled.getAsBoolean() || System.nanoTime() > end) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean fast(Probe probe) {
        long slowest = 0;
        long plain = Long.MAX_VALUE;
        for (int repeat = 0; repeat < 20; repeat++) {
            slowest = Math.max(slowest, time(probe, vector));
            plain = Math.min(plain, time(probe, scalar));
        }
        // The slowest of several calls, so that one lucky sample in the middle of a compilation does not decide.
        return slowest < FAST_ENOUGH * plain + 20_000;
    }

    private static long time(Probe probe, Kernels kernels) {
        long start = System.nanoTime();
        probe.run(kernels);
        return System.nanoTime() - start;
    }
}
