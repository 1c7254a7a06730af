package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.cache.CacheOptions;
import dev.hadal.cache.KvBudget;
import dev.hadal.cache.Lease;
import dev.hadal.cache.PrefixMatch;
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
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A sequence that goes on from a snapshot has the bits of one that was computed from its start: its logits, and all that
 * is remembered of it. Gate E4 of reliability.md 4.4.
 */
@ParameterizedClass
@ValueSource(strings = {"flash", "pro"})
class PrefixReuseTest {
    private static final Scope SCOPE = new Scope("here", "me");
    private static final int CUTS = 1024;
    private static final int BEYOND = 2;
    private static final int BATCH = 600;
    private static final int WAYPOINTS = 128;

    private final TreeSet<Integer> known = new TreeSet<>();

    private final Golden golden;
    private final DeepSeekV4 model;
    private final PrefixTree tree;
    private final int vocabulary;
    private final Batch batch = new Batch();
    private final Logits logits;

    PrefixReuseTest(String name) {
        golden = Golden.open(name);
        model = golden.model(NumericsMode.QAT, FastKernels.INSTANCE, 2);
        tree = new PrefixTree(CacheOptions.defaults(), KvBudget.of(Long.MAX_VALUE, model.stateMemory()));
        vocabulary = golden.config.vocabSize();
        logits = new Logits(BATCH, vocabulary);
    }

    @AfterEach
    void close() {
        assertThat(tree.check()).isEmpty();
        tree.close();
        assertThat(model.stateMemory().usedBytes()).isZero();
        model.close();
        golden.close();
    }

    @Test
    void isExactAtEveryPosition() {
        int[] ids = tokens(new Random(4), CUTS + BEYOND);
        float[] cold = new float[ids.length * vocabulary];
        long[] checksums = new long[ids.length + 1];
        compute(ids, cold, checksums);
        remember(ids);
        int cut = 1;
        while (cut <= CUTS) {
            cut += checkCuts(ids, cut, cold, checksums);
        }
    }

    /**
     * Makes a path known: read as a prompt is, with waypoints, and with turns that end anywhere, but for one stretch,
     * where the next snapshot may be as far away as can be.
     */
    private void remember(int[] ids) {
        Random random = new Random(5);
        try (SequenceState prompt = model.newState()) {
            while (prompt.length() < CUTS) {
                int at = prompt.length();
                int next = tree.nextWaypoint(at);
                if (at < 3 * WAYPOINTS || at >= 4 * WAYPOINTS) {
                    next = Math.min(next, at + 1 + random.nextInt(40));
                }
                run(prompt, ids, next);
                SnapshotKind kind = tree.isWaypoint(next) ? SnapshotKind.WAYPOINT : SnapshotKind.TURN_END;
                assertThat(tree.insert(SCOPE, ids, prompt, kind)).isTrue();
                known.add(next);
            }
        }
        assertThat(known).contains(WAYPOINTS, CUTS).hasSize(tree.status().snapshots());
    }

    /** Cuts the path at as many positions from one on as fit into a batch, goes on from there, and returns how many. */
    private int checkCuts(int[] ids, int firstCut, float[] cold, long[] checksums) {
        batch.clear();
        List<SequenceState> states = new ArrayList<>();
        List<Integer> starts = new ArrayList<>();
        int cut = firstCut;
        for (; cut <= CUTS && batch.rows() + WAYPOINTS + BEYOND <= BATCH; cut++) {
            // What comes after the cut is unknown to the tree.
            int[] request = Arrays.copyOf(ids, cut + 1);
            request[cut] = (ids[cut] + 1) % vocabulary;
            Integer nearest = known.floor(cut);
            SequenceState state = reuse(request, nearest == null ? 0 : nearest);
            states.add(state);
            starts.add(state.length());
            batch.add(state, ids, state.length(), cut + BEYOND, Batch.Wanted.ALL);
        }
        model.forward(batch, logits);
        int row = 0;
        for (int i = 0; i < states.size(); i++) {
            try (SequenceState state = states.get(i)) {
                int from = starts.get(i);
                check(row, cold, from, state.length(), 0);
                row += state.length() - from;
                assertThat(state.checksum())
                        .as("state at %d, reused from %d", state.length(), from)
                        .isEqualTo(checksums[state.length()]);
            }
        }
        return cut - firstCut;
    }

    /** One token after another, from nothing: the rows and the hash of what is remembered at each length. */
    private void compute(int[] ids, float[] rows, long[] checksums) {
        try (SequenceState state = model.newState()) {
            for (int position = 0; position < ids.length; position++) {
                run(state, ids, position + 1);
                System.arraycopy(logits.values(), 0, rows, position * vocabulary, vocabulary);
                checksums[position + 1] = state.checksum();
            }
        }
    }

    /** Turns that continue and leave each other at any position, each from the one before, with snapshots at their ends. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void isExactInChainsOfBranches(long seed) {
        Random random = new Random(seed);
        List<int[]> paths = new ArrayList<>(List.of(new int[0]));
        int reused = 0;
        for (int turn = 0; turn < 16; turn++) {
            int[] before = paths.get(Math.max(0, paths.size() - 1 - random.nextInt(4)));
            int cut = random.nextBoolean() ? before.length : random.nextInt(before.length + 1);
            int[] ids = Arrays.copyOf(before, cut + 1 + random.nextInt(60));
            System.arraycopy(tokens(random, ids.length - cut), 0, ids, cut, ids.length - cut);
            try (SequenceState warm = reuse(ids, -1);
                    SequenceState cold = model.newState()) {
                reused += warm.length();
                int from = warm.length();
                for (int to = 0; to < ids.length; ) {
                    to = Math.min(ids.length, to + BATCH);
                    run(cold, ids, to);
                }
                float[] expected = Arrays.copyOf(logits.values(), logits.rows() * vocabulary);
                int first = ids.length - logits.rows();
                while (warm.length() < ids.length) {
                    int at = warm.length();
                    run(warm, ids, Math.min(ids.length, tree.nextWaypoint(at)));
                    if (at >= first) {
                        check(0, expected, at, warm.length(), first);
                    }
                    if (tree.isWaypoint(warm.length())) {
                        tree.insert(SCOPE, ids, warm, SnapshotKind.WAYPOINT);
                    }
                }
                assertThat(warm.checksum())
                        .as("seed %d turn %d from %d", seed, turn, from)
                        .isEqualTo(cold.checksum());
                tree.insert(SCOPE, ids, warm, SnapshotKind.TURN_END);
            }
            paths.add(ids);
        }
        assertThat(reused).isGreaterThan(300);
    }

    /** The state that the tree knows for a request, which must be at a given position unless that is negative. */
    private SequenceState reuse(int[] request, int expected) {
        PrefixMatch match = tree.lookup(SCOPE, request, request.length);
        if (expected >= 0) {
            assertThat(match.matched()).isEqualTo(request.length - 1);
            assertThat(match.reused()).isEqualTo(expected);
        }
        try (Lease lease = match.lease()) {
            return lease == null ? model.newState() : lease.fork();
        }
    }

    /** Computes the ids up to a position, and leaves the logits of all of them. */
    private void run(SequenceState state, int[] ids, int to) {
        batch.clear();
        model.forward(batch.add(state, ids, state.length(), to, Batch.Wanted.ALL), logits);
    }

    /** Compares the rows that the last batch left, from one on, with those expected at {@code [from .. to)}. */
    private void check(int row, float[] expected, int from, int to, int first) {
        int length = (to - from) * vocabulary;
        int start = (from - first) * vocabulary;
        int mismatch = Arrays.mismatch(
                logits.values(), logits.at(row), logits.at(row) + length, expected, start, start + length);
        assertThat(mismatch)
                .as("first differing value, %d to a row, of positions from %d to %d", vocabulary, from, to)
                .isNegative();
    }

    private int[] tokens(Random random, int length) {
        return random.ints(length, 0, vocabulary).toArray();
    }
}
