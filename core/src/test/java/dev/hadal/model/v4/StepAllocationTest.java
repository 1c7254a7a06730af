package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.hadal.kernel.Compute;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Kernels;
import dev.hadal.kernel.WarmingKernels;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.SequenceState;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a step leaves for the garbage collector: nothing that grows with the depth or with the layers. */
class StepAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Pairs of measurements at both depths, and the steps of each. */
    private static final int DEPTH_ROUNDS = 8;

    private static final int STEPS = 64;

    /** Positions after which a block of each kind is finished, and the next one begins a page. */
    private static final int END = 640;
    /** Positions that are computed of each sequence, at least: a block for CSA. */
    private static final int POSITIONS = 4;

    /**
     * By so many bytes steps of models that differ in height may differ: less than one object for each of the eight layers
     * that one has more, and room for an object of the step itself that the compiler has removed in one of two measurements.
     */
    private static final int NEXT_TO_NOTHING = 64;
    /** So many times in a row the least that either model has allocated must be next to the other. */
    private static final int AGREEMENTS = 4;

    /** Until then the compiler goes on. */
    private static final int MOST_ROUNDS = 600;

    @Test
    void aStepAllocatesTheSameAtAnyDepth() {
        try (Golden golden = Golden.open("flash");
                DeepSeekV4 model = golden.model(NumericsMode.QAT, KernelSelector.scalar(), 1)) {
            Steps steps = new Steps(model, golden.config.vocabSize(), 1, 1);
            long shallow = Long.MAX_VALUE;
            long deep = Long.MAX_VALUE;
            // What the compiler has not come to yet leaves objects; the least that was seen counts.
            for (int round = 0; round < DEPTH_ROUNDS; round++) {
                shallow = Math.min(shallow, steps.bytes(states(model, 1, 600), STEPS));
                deep = Math.min(deep, steps.bytes(states(model, 1, 20_000), STEPS));
            }
            assertThat(deep).isLessThan(shallow + shallow / 4 + 4096);
        }
    }

    /**
     * One token of one sequence or of four, and a chunk of a prompt that finishes a block for HCA and five for CSA. On
     * plain kernels.
     */
    @ParameterizedTest
    @CsvSource({
        "W4A8, 1, 1, 1",
        "W4A8, 2, 1, 1",
        "W4A8, 1, 4, 1",
        "W4A8, 2, 4, 1",
        "W4A8, 1, 1, 20",
        "W4A8, 2, 1, 20",
        "QAT, 2, 1, 1",
        "QAT, 2, 4, 1",
        "QAT, 2, 1, 20"
    })
    void aStepAllocatesTheSameForAnyNumberOfLayers(NumericsMode mode, int threads, int sequences, int rows) {
        compare(mode, KernelSelector.scalar(), threads, sequences, rows);
    }

    /**
     * The same on the kernels of a product, which start plain. Not beside other tests: which small methods the compiler
     * takes into a vector kernel depends on what ran before in its process, and where it leaves one out, vectors become
     * objects. {@code mvn test -Dtest=StepAllocationTest -Dhadal.allocation=vector} runs it alone.
     */
    @ParameterizedTest
    @CsvSource({"W4A8, 1, 1, 1", "W4A8, 2, 4, 1", "W4A8, 2, 1, 20", "QAT, 1, 1, 1"})
    void vectorKernelsAddNothing(NumericsMode mode, int threads, int sequences, int rows) throws InterruptedException {
        assumeTrue(
                "vector".equals(System.getProperty("hadal.allocation")),
                "-Dhadal.allocation=vector measures vector kernels, in a process of its own");
        try (WarmingKernels kernels = new WarmingKernels(FastKernels.INSTANCE)) {
            // A machine that is too busy to compile them stays on the plain ones.
            assumeThat(kernels.status(60, TimeUnit.SECONDS)).startsWith("vector");
            compare(mode, kernels, threads, sequences, rows);
        }
    }

    private static void compare(NumericsMode mode, Kernels kernels, int threads, int sequences, int rows) {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (Golden golden = Golden.open("flash");
                DeepSeekV4 low = Stacked.model(golden, 1, mode, new Compute(kernels, threads));
                DeepSeekV4 high = Stacked.model(golden, 3, mode, new Compute(kernels, threads))) {
            int vocabulary = golden.config.vocabSize();
            long[] workers = workersBut(before);
            assertThat(workers).hasSize(2 * (threads - 1));
            Steps ofFour = new Steps(low, vocabulary, sequences, rows, workers);
            Steps ofTwelve = new Steps(high, vocabulary, sequences, rows, workers);
            long four = Long.MAX_VALUE;
            long twelve = Long.MAX_VALUE;
            int agreements = 0;
            for (int round = 0; round < MOST_ROUNDS && agreements < AGREEMENTS; round++) {
                four = Math.min(four, ofFour.round());
                twelve = Math.min(twelve, ofTwelve.round());
                agreements = twelve - four <= NEXT_TO_NOTHING ? agreements + 1 : 0;
            }
            assertThat(twelve).as("bytes of a step through 12 layers").isLessThanOrEqualTo(four + NEXT_TO_NOTHING);
        }
    }

    /** The ids of pools' threads that were not there before. */
    private static long[] workersBut(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("hadal-worker-") && !before.contains(thread))
                .mapToLong(Thread::threadId)
                .toArray();
    }

    private static List<SequenceState> states(DeepSeekV4 model, int count, int length) {
        List<SequenceState> states = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            states.add(model.syntheticState(length, i));
        }
        return states;
    }

    /** Steps of some sequences that all go on by so many rows. */
    private record Steps(DeepSeekV4 model, Batch batch, Logits logits, int sequences, int[] tokens, long[] workers) {
        Steps(DeepSeekV4 model, int vocabulary, int sequences, int rows, long... workers) {
            this(model, new Batch(), new Logits(sequences, vocabulary), sequences, new int[rows], workers);
        }

        /** Bytes that one step allocates, the mean of some. */
        long round() {
            int steps = Math.ceilDiv(POSITIONS, tokens.length);
            List<SequenceState> states = states(model, sequences, END - steps * tokens.length);
            long bytes = bytes(states, steps);
            states.forEach(SequenceState::close);
            return bytes / steps;
        }

        /** Bytes that all threads allocate in so many steps. */
        long bytes(List<SequenceState> states, int steps) {
            long before = allocated();
            for (int step = 0; step < steps; step++) {
                batch.clear();
                Arrays.fill(tokens, step % logits.vocabulary());
                for (int i = 0; i < sequences; i++) {
                    batch.add(states.get(i), tokens, 0, tokens.length, Batch.Wanted.LAST);
                }
                model.forward(batch, logits);
            }
            return allocated() - before;
        }

        /** Bytes that this thread and the workers have allocated. */
        private long allocated() {
            long bytes = THREADS.getCurrentThreadAllocatedBytes();
            for (long worker : workers) {
                bytes += THREADS.getThreadAllocatedBytes(worker);
            }
            return bytes;
        }
    }
}
