package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.cache.CacheOptions;
import dev.hadal.cache.KvBudget;
import dev.hadal.cache.Lease;
import dev.hadal.cache.PrefixTree;
import dev.hadal.cache.Scope;
import dev.hadal.cache.SnapshotKind;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.SequenceState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The tree of prefixes notices a single changed bit anywhere in what the model remembers, and counts its memory exactly. */
@ParameterizedClass
@ValueSource(strings = {"flash", "pro"})
class DamagedSnapshotTest {
    private static final Scope SCOPE = new Scope("here", "me");
    /** All rings are full, all lists have entries, and all tails are in the middle of a block. */
    private static final int LENGTH = 310;

    private final Golden golden;
    private final DeepSeekV4 model;
    private final PrefixTree tree;
    private final int[] ids;
    private final SequenceState state;

    DamagedSnapshotTest(String name) {
        golden = Golden.open(name);
        model = golden.model(NumericsMode.QAT);
        tree = new PrefixTree(CacheOptions.defaults(), KvBudget.of(Long.MAX_VALUE, model.stateMemory()));
        ids = new Random(3).ints(LENGTH + 1, 0, golden.config.vocabSize()).toArray();
        state = model.newState();
        run(256);
        tree.insert(SCOPE, ids, state, SnapshotKind.WAYPOINT);
        run(LENGTH);
        tree.insert(SCOPE, ids, state, SnapshotKind.TURN_END);
        assertThat(tree.check()).isEmpty();
    }

    private void run(int to) {
        Batch batch = new Batch().add(state, ids, state.length(), to, Batch.Wanted.NONE);
        model.forward(batch, new Logits(0, golden.config.vocabSize()));
    }

    @AfterEach
    void close() {
        state.close();
        assertThat(tree.check()).isEmpty();
        tree.close();
        assertThat(model.stateMemory().usedBytes()).isZero();
        model.close();
        golden.close();
    }

    @Test
    void chargesEachByteOnce() {
        state.fork().close();
        assertThat(tree.status().bytes()).isEqualTo(model.stateMemory().usedBytes());
        assertThat(state.sharedBytes(state)).isEqualTo(state.bytes());
        SequenceState stranger = model.newState();
        assertThat(state.sharedBytes(stranger)).isZero();
        stranger.close();
        // Of the state at 256 the later one has the finished pages of the lists, and what it has not yet overwritten.
        try (Lease lease = lease(300);
                SequenceState early = lease.fork()) {
            assertThat(state.sharedBytes(early))
                    .isEqualTo(early.sharedBytes(state))
                    .isEqualTo(
                            state.bytes() + early.bytes() - model.stateMemory().usedBytes());
        }
    }

    @Test
    void findsAChangedBitInEveryPart() {
        Random random = new Random(9);
        for (int length : new int[] {257, LENGTH + 1}) {
            try (Lease lease = lease(length);
                    V4State snapshot = (V4State) lease.fork()) {
                for (int layer = 0; layer < golden.config.numHiddenLayers(); layer++) {
                    for (List<Page> part : parts(snapshot.layer(layer), snapshot.length())) {
                        for (int i = 0; i < 3; i++) {
                            flip(part.get(random.nextInt(part.size())).data, random, layer);
                        }
                    }
                }
            }
        }
    }

    private void flip(byte[] page, Random random, int layer) {
        int at = random.nextInt(page.length);
        byte before = page[at];
        page[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        assertThat(tree.check())
                .as("byte %d of a page of layer %d", at, layer)
                .isNotEmpty()
                .allMatch(wrong -> wrong.endsWith("has changed since it was taken: its checksum is another"));
        page[at] = before;
    }

    /** Ring, compressed list and its tail, index keys and their tail: the pages of each. */
    private static List<List<Page>> parts(LayerState layer, int length) {
        List<List<Page>> parts = new ArrayList<>();
        List<Page> ring = new ArrayList<>();
        for (int position = length - 128; position < length; position++) {
            ring.add(layer.window().page(position));
        }
        parts.add(ring);
        for (LayerState.Compressed list : Arrays.asList(layer.compressed(), layer.index())) {
            if (list != null) {
                List<Page> entries = new ArrayList<>();
                for (int entry = 0; entry < list.entries().size(); entry++) {
                    entries.add(list.entries().page(entry / Entries.PAGE));
                }
                parts.add(entries);
                parts.add(list.tail().pages());
            }
        }
        parts.removeIf(List::isEmpty);
        assertThat(parts).hasSizeBetween(1, 5);
        return parts;
    }

    private Lease lease(int length) {
        return Objects.requireNonNull(tree.lookup(SCOPE, ids, length).lease());
    }
}
