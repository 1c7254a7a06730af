package dev.hadal.lab;

import dev.hadal.kernel.HeadGroup;
import dev.hadal.kernel.IndexQuery;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Kernels;
import dev.hadal.kernel.KeyLayout;
import dev.hadal.kernel.Panel;
import dev.hadal.kernel.Rows;
import dev.hadal.kernel.TopK;
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
import org.openjdk.jmh.annotations.Warmup;

/** What a token does with its state, in the widths of the published models, on one thread. */
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
public class AttentionProducts {
    private static final int HEAD_DIM = 512;
    /** Keys stand a little apart, as the model keeps them. */
    private static final int STRIDE = HEAD_DIM + 16;

    private static final int INDEX_HEADS = 64;
    private static final int INDEX_DIM = 128;
    private static final int CANDIDATES = 16_384;
    private static final int CHOSEN = 512;

    /** Width of the vectors. */
    @Param({"128", "256", "512"})
    public int bits;

    private Kernels kernels = KernelSelector.scalar();
    private final Rows queries = LinearProducts.rows(1, HeadGroup.LANES * HEAD_DIM);
    private final Rows keys = LinearProducts.rows(HeadGroup.BLOCK, STRIDE);
    private final float[] sinks = new float[HeadGroup.LANES];
    private final HeadGroup heads = new HeadGroup(HEAD_DIM);
    private final KeyLayout layout = new KeyLayout(INDEX_DIM);
    private final byte[] storedKeys = new byte[layout.bytes()];
    private final float[] panel = new float[INDEX_DIM * Panel.LANES];
    private final IndexQuery query = new IndexQuery(INDEX_HEADS, INDEX_DIM);
    private final float[] scores = new float[Panel.LANES];
    private final float[] candidates = LinearProducts.rows(1, CANDIDATES).data();
    private final TopK best = new TopK(CHOSEN);
    private final int[] chosen = new int[CHOSEN];

    /** Stores keys and sets the queries. */
    @Setup(Level.Trial)
    public void prepare() {
        kernels = KernelSelector.vector(bits);
        Random random = new Random(3);
        float[] key = new float[INDEX_DIM];
        for (int lane = 0; lane < Panel.LANES; lane++) {
            for (int i = 0; i < INDEX_DIM; i++) {
                key[i] = random.nextFloat() - 0.5f;
            }
            kernels.state().roundKey(key, 0, INDEX_DIM);
            layout.store(key, 0, storedKeys, lane);
        }
        float[] heads64 = LinearProducts.rows(1, INDEX_HEADS * INDEX_DIM).data();
        query.set(heads64, 0, heads64, 0);
        heads.start(queries, 0, 0, HeadGroup.LANES, sinks, 0.04f);
    }

    /** A group of heads attends to a block of keys. */
    @Benchmark
    public HeadGroup headGroup(Work.Computed work) {
        heads.attend(kernels, keys, 0, HeadGroup.BLOCK);
        work.add(2.0 * 2 * HeadGroup.LANES * HEAD_DIM * HeadGroup.BLOCK);
        return heads;
    }

    /** The indexer reads a page of keys and scores it with all its heads. */
    @Benchmark
    public float[] indexScores(Work.Computed work) {
        kernels.state().loadKeys(storedKeys, layout, panel);
        kernels.attention().scoreKeys(panel, query, scores, 0);
        work.add(2.0 * Panel.LANES * INDEX_HEADS * INDEX_DIM);
        return scores;
    }

    /** The largest scores among those of 65,536 positions. */
    @Benchmark
    public int[] topK(Work.Seen work) {
        best.start(CHOSEN).offer(kernels.state(), candidates, 0, CANDIDATES, 0).finish(kernels.state(), chosen, 0);
        work.add(CANDIDATES);
        return chosen;
    }
}
