package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.kernel.Compute;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Kernels;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.SequenceState;
import dev.hadal.model.StateMemory;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class V4StateTest {
    private static final int CHUNK = 512;

    @Test
    void takesTheMemoryThatWasForetoldAfterEveryToken() {
        try (DeepSeekV4 model = tiny(KernelSelector.scalar(), 1)) {
            SequenceState state = model.newState();
            Batch batch = new Batch();
            Logits none = new Logits(0, 16);
            for (int length = 0; length <= 260; length++) {
                assertThat(state.length()).isEqualTo(length);
                assertThat(state.bytes()).as("after %s tokens", length).isEqualTo(model.stateBytes(length));
                batch.clear();
                model.forward(batch.add(state, new int[] {length % 16}, 0, 1, Batch.Wanted.NONE), none);
            }
        }
    }

    @Test
    void takesTheMemoryThatWasForetoldAfterSixteenThousandTokens() {
        try (DeepSeekV4 model = tiny(FastKernels.INSTANCE, 2)) {
            SequenceState state = model.newState();
            Batch batch = new Batch();
            Logits none = new Logits(0, 16);
            int[] tokens = new int[CHUNK];
            while (state.length() < 16_384) {
                batch.clear();
                model.forward(batch.add(state, tokens, 0, CHUNK, Batch.Wanted.NONE), none);
                assertThat(state.bytes()).isEqualTo(model.stateBytes(state.length()));
            }
            assertThat(state.bytes()).isEqualTo(16_384L / 4 * (200 + 36) + 16_384L / 128 * 200 + fixedBytes());
            assertThat(state.fork().bytes()).isEqualTo(state.bytes());
        }
    }

    /** Windows of three layers, and the last finished block of the CSA layer's two compressors. */
    private static long fixedBytes() {
        long windows = 3L * 128 * 200;
        long overlapping = 2L * 4 * 2 * (128 + 64) * 4;
        return windows + overlapping;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aForkKnowsWhetherTheComputationFailed(boolean failed) {
        V4State state = empty();
        state.advance(7);
        if (failed) {
            state.fail();
        }
        V4State fork = (V4State) state.fork();
        assertThat(fork.length()).isEqualTo(7);
        assertThat(fork.failed()).isEqualTo(failed);
    }

    @Test
    void theDraftBlocksWindowCountsFromItsFirstUse() {
        V4State state = empty();
        long before = state.bytes();
        state.mtp().window().toWrite(0);
        assertThat(state.bytes()).isEqualTo(before + 16L * 200);
        assertThat(state.fork().bytes()).isEqualTo(state.bytes());
    }

    @Test
    void memoryIsCountedUntilTheLastForkIsClosed() {
        try (DeepSeekV4 model = tiny(KernelSelector.scalar(), 1)) {
            SequenceState state = model.newState();
            extend(model, state, 9);
            assertThat(model.stateMemory().usedBytes()).isEqualTo(model.stateBytes(9));
            SequenceState fork = state.fork();
            state.close();
            state.close();
            extend(model, fork, 1);
            assertThat(model.stateMemory().usedBytes()).isEqualTo(model.stateBytes(10));
            fork.close();
            assertThat(model.stateMemory().usedBytes()).isZero();
        }
    }

    @Test
    void aClosedStateIsOfNoUse() {
        try (DeepSeekV4 model = tiny(KernelSelector.scalar(), 1)) {
            SequenceState state = model.newState();
            state.close();
            List<ThrowingCallable> uses = List.of(() -> extend(model, state, 1), state::fork, state::checksum);
            for (ThrowingCallable use : uses) {
                assertThatThrownBy(use)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("this sequence state is closed; fork it before closing to keep its past");
            }
        }
    }

    private static void extend(DeepSeekV4 model, SequenceState state, int tokens) {
        model.forward(new Batch().add(state, new int[tokens], 0, tokens, Batch.Wanted.NONE), new Logits(0, 16));
    }

    private static V4State empty() {
        StateFormats formats = StateFormats.of(config(), NumericsMode.QAT);
        return V4State.empty(config(), formats, new PagePool(new StateMemory()));
    }

    private static TinyModel narrow() {
        return new TinyModel().set("index_head_dim", "64").set("index_topk", "16");
    }

    private static V4Config config() {
        return narrow().config();
    }

    private static DeepSeekV4 tiny(Kernels kernels, int threads) {
        TinyModel model = narrow();
        V4Config config = model.config();
        return new DeepSeekV4(
                config,
                model.with(V4Inventory.Options.of(config)).bind(),
                new Compute(kernels, threads),
                new DeepSeekV4.Options(NumericsMode.QAT, CHUNK, false, () -> "tiny"));
    }
}
