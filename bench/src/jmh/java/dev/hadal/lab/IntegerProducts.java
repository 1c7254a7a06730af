package dev.hadal.lab;

import dev.hadal.kernel.Compute;
import dev.hadal.kernel.IntegerRows;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Linear;
import dev.hadal.kernel.Piece;
import dev.hadal.kernel.Rows;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What {@link LinearProducts} times for FP4, with inputs that are integers: on one thread, rows that go over the codes of
 * a matrix that no cache holds, and 512 rows.
 */
@Warmup(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 4, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "-Xmx2g",
            "-XX:+UseParallelGC",
            "-XX:+UseTransparentHugePages",
            "--add-modules=jdk.incubator.vector"
        })
@State(Scope.Thread)
public class IntegerProducts {
    private static final int INPUTS = 4096;
    /** 64 MiB, several times a level-3 cache. */
    private static final int OUTPUTS = 32_768;

    private static final int TILE_ROWS = 512;
    private static final int TILE_SIDE = 2048;

    /** Rows over a large matrix. */
    @Param({"1", "2", "4"})
    public int rows;

    private final Compute compute = new Compute(KernelSelector.vector(512), 1);
    private final Linear large = packed(OUTPUTS, INPUTS);
    private final Linear square = packed(TILE_SIDE, TILE_SIDE);
    private final IntegerRows x = new IntegerRows(Rows.allocate(4, INPUTS));
    private final IntegerRows tileX = new IntegerRows(Rows.allocate(TILE_ROWS, TILE_SIDE));
    private final Rows y = Rows.allocate(4, OUTPUTS);
    private final Rows tileY = Rows.allocate(TILE_ROWS, TILE_SIDE);

    private Linear packed(int outputs, int inputs) {
        Linear linear = RandomMatrix.parse("fp4:" + outputs + "x" + inputs).linear();
        if (!linear.pack(compute.pool())) {
            throw new IllegalStateException("FP4 of " + outputs + " x " + inputs + " cannot be packed");
        }
        return linear;
    }

    /** Rounds the inputs. */
    @Setup(Level.Trial)
    public void round() {
        round(x, 4, INPUTS);
        round(tileX, TILE_ROWS, TILE_SIDE);
    }

    private void round(IntegerRows to, int count, int width) {
        Rows values = LinearProducts.rows(count, width);
        for (int row = 0; row < count; row++) {
            compute.kernels().toIntegers(values.data(), values.at(row), to, row);
        }
    }

    /** Ends the threads. */
    @TearDown(Level.Trial)
    public void close() {
        compute.close();
    }

    /** A few rows, each code looked up once for up to four. */
    @Benchmark
    public Rows fewRows(Work.Read work) {
        large.forward(new Piece().of(0, rows, 0, large.panels()), x, null, y, compute.on(0));
        work.add((double) large.storedBytes());
        return y;
    }

    /** A part of a prompt. */
    @Benchmark
    public Rows tile(Work.Computed work) {
        square.forward(new Piece().of(0, TILE_ROWS, 0, square.panels()), tileX, null, tileY, compute.on(0));
        work.add(2.0 * TILE_ROWS * TILE_SIDE * TILE_SIDE);
        return tileY;
    }

    /** The rounding of a row. */
    @Benchmark
    public IntegerRows rounding(Work.Computed work) {
        compute.kernels().toIntegers(y.data(), 0, x, 0);
        work.add(INPUTS);
        return x;
    }
}
