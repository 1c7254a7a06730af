package dev.hadal.lab;

import dev.hadal.kernel.Compute;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Linear;
import dev.hadal.kernel.Rows;
import java.util.Random;
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
 * Products with packed matrices on one thread: of one and two rows, which go over the codes, with a matrix that no cache
 * holds; and of a tile of 512 rows, for which panels are unpacked.
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
public class LinearProducts {
    private static final int INPUTS = 4096;
    /** 128 MiB of FP8, 64 of FP4, 256 of BF16: several times a level-3 cache. */
    private static final int OUTPUTS = 32_768;

    private static final int TILE_ROWS = 512;
    private static final int TILE_SIDE = 2048;

    /** Width of the vectors. */
    @Param({"128", "256", "512"})
    public int bits;

    /** How the weights are stored. */
    @Param({"fp8", "fp4", "bf16"})
    public String format = "";

    private Compute compute = new Compute(KernelSelector.scalar(), 1);
    private Linear large = new RandomMatrix(RandomMatrix.Format.F32, 1, 1).linear();
    private Linear square = large;
    private final Rows x = rows(2, INPUTS);
    private final Rows y = Rows.allocate(2, OUTPUTS);
    private final Rows tileX = rows(TILE_ROWS, TILE_SIDE);
    private final Rows tileY = Rows.allocate(TILE_ROWS, TILE_SIDE);

    static Rows rows(int count, int width) {
        Rows rows = Rows.allocate(count, width);
        Random random = new Random(2);
        for (int i = 0; i < rows.data().length; i++) {
            rows.data()[i] = random.nextFloat() - 0.5f;
        }
        return rows;
    }

    /** Packs the matrices. */
    @Setup(Level.Trial)
    public void pack() {
        compute = new Compute(KernelSelector.vector(bits), 1);
        compute.reserve(INPUTS);
        large = packed(OUTPUTS, INPUTS);
        square = packed(TILE_SIDE, TILE_SIDE);
    }

    private Linear packed(int outputs, int inputs) {
        Linear linear =
                RandomMatrix.parse(format + ":" + outputs + "x" + inputs).linear();
        if (!linear.pack(compute.pool())) {
            throw new IllegalStateException(format + " of " + outputs + " x " + inputs + " cannot be packed");
        }
        return linear;
    }

    /** Ends the threads. */
    @TearDown(Level.Trial)
    public void close() {
        compute.close();
    }

    /** One row: what a generated token does. */
    @Benchmark
    public Rows oneRow(Work.Read work) {
        large.forward(x, y, 1, compute);
        work.add((double) large.storedBytes());
        return y;
    }

    /** Two rows, each code decoded once. */
    @Benchmark
    public Rows twoRows(Work.Read work) {
        large.forward(x, y, 2, compute);
        work.add((double) large.storedBytes());
        return y;
    }

    /** A part of a prompt. */
    @Benchmark
    public Rows tile(Work.Computed work) {
        square.forward(tileX, tileY, TILE_ROWS, compute);
        work.add(2.0 * TILE_ROWS * TILE_SIDE * TILE_SIDE);
        return tileY;
    }
}
