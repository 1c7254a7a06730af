package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.SequenceState;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What a decoded token leaves for the garbage collector: nothing that grows with the depth. */
class StepAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Steps that the compiler needs to make code of which temporary objects have vanished. */
    private static final int WARM_UP = 1500;

    private static final int STEPS = 64;

    @Test
    void aStepAllocatesTheSameAtAnyDepth() {
        try (Golden golden = Golden.open("flash");
                DeepSeekV4 model = golden.model(NumericsMode.QAT, FastKernels.INSTANCE, 1)) {
            Steps steps = new Steps(model, golden.config.vocabSize());
            steps.bytes(model.syntheticState(600, 1), WARM_UP);
            steps.bytes(model.syntheticState(20_000, 1), WARM_UP);
            long shallow = steps.bytes(model.syntheticState(600, 1), STEPS);
            long deep = steps.bytes(model.syntheticState(20_000, 1), STEPS);
            assertThat(deep).isLessThan(shallow + shallow / 4 + 4096);
        }
    }

    private record Steps(DeepSeekV4 model, Batch batch, Logits logits) {
        Steps(DeepSeekV4 model, int vocabulary) {
            this(model, new Batch(), new Logits(1, vocabulary));
        }

        /** Bytes that this thread allocates in so many steps. */
        long bytes(SequenceState state, int steps) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int step = 0; step < steps; step++) {
                batch.clear();
                batch.add(state, new int[] {step % logits.vocabulary()}, 0, 1, Batch.Wanted.LAST);
                model.forward(batch, logits);
            }
            return THREADS.getCurrentThreadAllocatedBytes() - before;
        }
    }
}
