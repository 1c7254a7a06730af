package dev.hadal.lab;

import dev.hadal.kernel.Compute;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Linear;
import dev.hadal.kernel.Rows;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Times matrix products on one thread, by its processor time, so that other work on the machine disturbs little:
 * {@code Laboratory [WIDTH [ROWS,ROWS,... [MATRIX ...]]]}, a matrix as {@code fp8:512x2048}. Prints GFLOP/s, the best
 * of many passes.
 */
public final class Laboratory {
    private static final long NANOS_EACH = TimeUnit.MILLISECONDS.toNanos(600);
    private static final double FLOPS_OF_A_PASS = 2e8;
    /** The matrices of {@code synth --preset mini}. */
    private static final List<String> MATRICES = List.of(
            "fp8:512x2048",
            "fp8:16384x512",
            "fp8:2048x2048",
            "fp4:512x2048",
            "fp4:2048x512",
            "bf16:1024x2048",
            "f32:24x8192");

    private final PrintStream out;
    private final int bits;
    private final int[] rows;

    private Laboratory(PrintStream out, int bits, int[] rows) {
        this.out = out;
        this.bits = bits;
        this.rows = rows;
    }

    /** Runs the experiment. */
    public static void main(String[] args) {
        int bits = args.length > 0 ? Integer.parseInt(args[0]) : KernelSelector.preferredBits();
        String[] rows = args.length > 1 ? args[1].split(",", -1) : new String[] {"1", "4", "12", "48", "512"};
        List<String> matrices = args.length > 2 ? Arrays.asList(args).subList(2, args.length) : MATRICES;
        int[] counts = Arrays.stream(rows).mapToInt(Integer::parseInt).toArray();
        new Laboratory(System.out, bits, counts).run(matrices);
    }

    private void run(List<String> matrices) {
        try (Compute compute = new Compute(KernelSelector.vector(bits), 1)) {
            out.println(compute.kernels().name() + ", rows " + Arrays.toString(rows));
            // The first round is for the compiler.
            for (String matrix : matrices) {
                measure(RandomMatrix.parse(matrix), compute);
            }
            for (String matrix : matrices) {
                double[] rates = measure(RandomMatrix.parse(matrix), compute);
                out.printf("%-16s", matrix);
                for (double rate : rates) {
                    out.printf(" %6.0f", rate);
                }
                out.println();
            }
        }
    }

    private double[] measure(RandomMatrix matrix, Compute compute) {
        Linear linear = matrix.linear();
        linear.pack(compute.pool());
        compute.reserve(linear.inputs());
        return Arrays.stream(rows)
                .mapToDouble(count -> rate(linear, count, compute))
                .toArray();
    }

    /** Floating-point operations a nanosecond, a multiply-add being two. */
    private static double rate(Linear linear, int rows, Compute compute) {
        Rows x = Rows.allocate(rows, linear.inputs());
        Rows y = Rows.allocate(rows, linear.outputs());
        Random random = new Random(2);
        for (int i = 0; i < x.data().length; i++) {
            x.data()[i] = random.nextFloat() - 0.5f;
        }
        double flops = 2.0 * rows * linear.outputs() * linear.inputs();
        int repeats = (int) Math.max(1, FLOPS_OF_A_PASS / flops);
        double best = 0;
        long end = System.nanoTime() + NANOS_EACH;
        while (System.nanoTime() < end) {
            long start = processorNanos();
            for (int i = 0; i < repeats; i++) {
                linear.forward(x, y, rows, compute);
            }
            best = Math.max(best, flops * repeats / (processorNanos() - start));
        }
        return best;
    }

    private static long processorNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
