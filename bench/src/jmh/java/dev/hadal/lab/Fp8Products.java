package dev.hadal.lab;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The {@link Fp8Variants}, at the width that suits the machine. */
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
public class Fp8Products {
    /** Of 128 KiB each: four stay in a level-2 cache, 1,024 in no cache. */
    @Param({"4", "1024"})
    public int panels;

    private Fp8Variants variants = new Fp8Variants(1);

    /** Draws the codes. */
    @Setup(Level.Trial)
    public void draw() {
        variants = new Fp8Variants(panels);
        variants.draw();
    }

    /** The one that is used. */
    @Benchmark
    public float[] taken(Work.Read work) {
        work.add(variants.bytes());
        return variants.taken();
    }

    /** With a step that the compiler knows. */
    @Benchmark
    public float[] unrolled(Work.Read work) {
        work.add(variants.bytes());
        return variants.unrolled();
    }

    /** With a multiplication instead of a multiply-add. */
    @Benchmark
    public float[] multiplied(Work.Read work) {
        work.add(variants.bytes());
        return variants.multiplied();
    }

    /** In the layout of the checkpoint. */
    @Benchmark
    public float[] summedAcrossLanes(Work.Read work) {
        work.add(variants.bytes());
        return variants.summedAcrossLanes();
    }
}
