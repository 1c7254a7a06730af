package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.model.NumericsMode;
import dev.hadal.model.SequenceState;
import dev.hadal.model.StateMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What forks share and what they don't: contents, memory, checksums, at the positions where pages and blocks end. */
@ParameterizedClass
@EnumSource(NumericsMode.class)
class SharedStateTest {
    private static final int[] BOUNDARIES = {
        1, 2, 3, 4, 5, 7, 8, 9, 126, 127, 128, 129, 130, 254, 255, 256, 257, 258, 382, 383, 384, 385, 386, 510, 511,
        512, 513, 514
    };
    private static final int STEP = 5;

    private final Golden golden = Golden.open("flash");
    private final int[] ids = golden.ids();
    private final DeepSeekV4 model;
    private final StateMemory memory;

    SharedStateTest(NumericsMode mode) {
        model = golden.model(mode);
        memory = model.stateMemory();
    }

    @AfterEach
    void close() {
        assertThat(memory.usedBytes()).as("all states are closed").isZero();
        model.close();
        golden.close();
    }

    @Test
    void forksAtEveryBoundaryGoOnAsIfAlone() {
        int[] other = new Random(1).ints(STEP, 0, golden.config.vocabSize()).toArray();
        try (SequenceState trunk = model.newState()) {
            for (int boundary : BOUNDARIES) {
                extend(trunk, Arrays.copyOfRange(ids, trunk.length(), boundary));
                long checksum = trunk.checksum();
                long used = memory.usedBytes();
                assertThat(used).as("unshared, at %s", boundary).isEqualTo(model.stateBytes(boundary));
                try (SequenceState same = trunk.fork();
                        SequenceState branch = trunk.fork();
                        SequenceState fresh = model.newState()) {
                    assertThat(memory.usedBytes()).as("a fork takes nothing").isEqualTo(used);
                    assertThat(same.bytes()).isEqualTo(trunk.bytes());
                    float[] branched = golden.logits(model, branch, other, STEP);
                    assertThat(trunk.checksum())
                            .as("the trunk, at %s", boundary)
                            .isEqualTo(checksum);
                    assertThat(same.checksum()).isEqualTo(checksum);
                    assertThat(branch.checksum()).isNotEqualTo(checksum);
                    assertThat(branch.bytes()).isEqualTo(model.stateBytes(boundary + STEP));
                    extend(fresh, Arrays.copyOf(ids, boundary));
                    assertThat(fresh.checksum())
                            .as("equal states, at %s", boundary)
                            .isEqualTo(checksum);
                    assertThat(golden.logits(model, fresh, other, STEP)).isEqualTo(branched);
                    assertThat(fresh.checksum()).isEqualTo(branch.checksum());
                }
                assertThat(memory.usedBytes()).isEqualTo(used);
            }
        }
    }

    @Test
    void aForkOutlivesItsTrunkAndTakesOverWhatItShared() {
        SequenceState state = model.newState();
        List<Long> checksums = new ArrayList<>();
        for (int generation = 0; generation < 40; generation++) {
            int length = state.length();
            extend(state, Arrays.copyOfRange(ids, length, length + 1 + generation % 11));
            SequenceState fork = state.fork();
            checksums.add(state.checksum());
            state.close();
            assertThat(fork.checksum()).isEqualTo(checksums.getLast());
            assertThat(memory.usedBytes()).isEqualTo(model.stateBytes(fork.length()));
            state = fork;
        }
        assertThat(checksums).doesNotHaveDuplicates();
        state.close();
    }

    @Test
    void aForkWritesAFewPagesOnly() {
        try (SequenceState trunk = model.newState()) {
            extend(trunk, Arrays.copyOf(ids, 512));
            long used = memory.usedBytes();
            try (SequenceState fork = trunk.fork()) {
                extend(fork, new int[] {1});
                long window = Window.bytes(formats().entry(), formats().window(), Window.PAGE);
                long tails = model.stateBytes(513) - model.stateBytes(512);
                assertThat(memory.usedBytes() - used).isEqualTo(golden.config.numHiddenLayers() * window + tails);
            }
        }
    }

    /** States of one lineage are closed on other threads while this one goes on computing. */
    @Test
    void forksAreClosedByAnyThread() {
        try (SequenceState trunk = model.newState()) {
            List<CompletableFuture<Void>> closings = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                extend(trunk, Arrays.copyOfRange(ids, i, i + 1));
                SequenceState fork = trunk.fork();
                SequenceState second = fork.fork();
                closings.add(CompletableFuture.runAsync(fork::close));
                closings.add(CompletableFuture.runAsync(second::close));
            }
            closings.forEach(CompletableFuture::join);
            assertThat(memory.usedBytes()).isEqualTo(model.stateBytes(60));
            try (SequenceState fresh = model.newState()) {
                extend(fresh, Arrays.copyOf(ids, 60));
                assertThat(fresh.checksum()).isEqualTo(trunk.checksum());
            }
        }
    }

    @Test
    void oneFlippedBitAnywhereChangesTheChecksum() {
        Random random = new Random(7);
        try (V4State state = (V4State) model.newState()) {
            extend(state, Arrays.copyOf(ids, 393));
            long checksum = state.checksum();
            for (int layer = 0; layer < golden.config.numHiddenLayers(); layer++) {
                for (Map.Entry<String, Page> part : pages(state.layer(layer)).entrySet()) {
                    byte[] data = part.getValue().data;
                    for (int i = 0; i < 20; i++) {
                        int at = random.nextInt(data.length);
                        byte flipped = (byte) (1 << random.nextInt(8));
                        data[at] ^= flipped;
                        assertThat(state.checksum())
                                .as("byte %s of %s of layer %s", at, part.getKey(), layer)
                                .isNotEqualTo(checksum);
                        data[at] ^= flipped;
                    }
                }
            }
            assertThat(state.checksum()).isEqualTo(checksum);
        }
    }

    private static Map<String, Page> pages(LayerState layer) {
        Map<String, Page> pages = new LinkedHashMap<>();
        pages.put("the window", layer.window().page(392));
        LayerState.Compressed compressed = layer.compressed();
        if (compressed != null) {
            pages.put("the compressed entries", compressed.entries().page(0));
            compressed.tail().pages().forEach(page -> pages.put("the tail " + pages.size(), page));
        }
        LayerState.Compressed index = layer.index();
        if (index != null) {
            pages.put("the index keys", index.entries().page(2));
            index.tail().pages().forEach(page -> pages.put("the index tail " + pages.size(), page));
        }
        return pages;
    }

    private StateFormats formats() {
        return StateFormats.of(
                golden.config, NumericsMode.valueOf(model.fingerprint().split("-", -1)[1]));
    }

    private void extend(SequenceState state, int[] tokens) {
        golden.logits(model, state, tokens, 600);
    }
}
