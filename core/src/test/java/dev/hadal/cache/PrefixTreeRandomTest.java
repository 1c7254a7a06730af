package dev.hadal.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.model.StateMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sequences come, go on, leave snapshots and end, in random order, under a budget that is always short. The tree must
 * answer like a list of all prefixes that is searched from one end to the other, stay within the budget, and leak nothing.
 */
class PrefixTreeRandomTest {
    private static final int STEPS = 6_000;

    private final StateMemory memory = new StateMemory();
    private final List<Known> known = new ArrayList<>();
    private final List<Running> sequences = new ArrayList<>();
    private final List<Lease> leases = new ArrayList<>();
    private Random random = new Random();

    /** A prefix that was put in; its snapshot is gone when the state is closed. */
    private record Known(String namespace, int[] ids, FakeState snapshot) {
        boolean isPrefixOf(int[] sequence) {
            return ids.length <= sequence.length && Arrays.equals(ids, Arrays.copyOf(sequence, ids.length));
        }

        int matched(int[] sequence) {
            int mismatch = Arrays.mismatch(ids, sequence);
            return mismatch < 0 ? ids.length : mismatch;
        }
    }

    private record Running(Scope scope, FakeState state) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void answersLikeAListWithinItsBudget(long seed) {
        random = new Random(seed);
        long limit = random.nextLong(8, 40) * (FakeState.RING_BYTES + 3 * FakeState.PAGE_BYTES);
        CacheOptions options = new CacheOptions(8, 64, seed % 2 == 0 ? 12 : 1000, Integer.MAX_VALUE);
        PrefixTree tree = new PrefixTree(options, KvBudget.of(limit, memory));
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(9)) {
                case 0, 1, 2 -> start(tree);
                case 3 -> goOn(tree);
                case 4 -> leave(tree, SnapshotKind.WAYPOINT);
                case 5, 6 -> end(tree);
                case 7 -> lease(tree);
                default -> release();
            }
            assertThat(memory.usedBytes()).as("seed %d step %d", seed, step).isLessThanOrEqualTo(limit);
            if (step % 50 == 0) {
                assertThat(tree.check()).as("seed %d step %d", seed, step).isEmpty();
            }
        }
        CacheStatus.Counts counts = tree.status().counts();
        assertThat(counts.evicted()).isGreaterThan(50);
        assertThat(counts.hits()).isGreaterThan(50);
        leases.forEach(Lease::close);
        sequences.forEach(sequence -> sequence.state().close());
        tree.close();
        assertThat(tree.check()).isEmpty();
        assertThat(memory.usedBytes()).isZero();
    }

    private Scope scope() {
        return new Scope("namespace " + random.nextInt(3), "tenant " + random.nextInt(3));
    }

    private int[] ids() {
        return random.ints(random.nextInt(20), 0, 3).toArray();
    }

    private void start(PrefixTree tree) {
        if (sequences.size() == 4) {
            end(tree);
        }
        Scope scope = scope();
        int[] ids = ids();
        if (!known.isEmpty() && random.nextBoolean()) {
            int[] before = known.get(random.nextInt(known.size())).ids();
            int[] longer = Arrays.copyOf(before, before.length + ids.length);
            System.arraycopy(ids, 0, longer, before.length, ids.length);
            ids = longer;
        }
        PrefixMatch match = compare(tree, scope, ids);
        FakeState state;
        if (match.lease() != null) {
            state = (FakeState) match.lease().fork();
            match.lease().close();
            assertThat(state.ids()).containsExactly(Arrays.copyOf(ids, match.reused()));
        } else if (tree.makeRoom(FakeState.RING_BYTES, scope.tenant())) {
            state = new FakeState(memory);
        } else {
            return;
        }
        sequences.add(new Running(scope, state));
        append(tree, sequences.getLast(), Arrays.copyOfRange(ids, match.reused(), ids.length));
    }

    private PrefixMatch compare(PrefixTree tree, Scope scope, int[] ids) {
        List<Known> here = known.stream()
                .filter(each -> each.namespace().equals(scope.namespace()))
                .toList();
        int matched = here.stream().mapToInt(each -> each.matched(ids)).max().orElse(0);
        int reused = here.stream()
                .filter(each -> each.ids().length < ids.length && each.isPrefixOf(ids))
                .filter(each -> !each.snapshot().closed())
                .mapToInt(each -> each.ids().length)
                .max()
                .orElse(0);
        int lost = here.stream()
                .filter(each -> each.ids().length < ids.length && each.isPrefixOf(ids))
                .mapToInt(each -> each.ids().length)
                .max()
                .orElse(0);
        List<Integer> next = here.stream()
                .filter(each -> each.matched(ids) == matched && each.ids().length > matched)
                .map(each -> each.ids()[matched])
                .toList();
        PrefixMatch match = tree.lookup(scope, ids, ids.length);
        assertThat(match.matched()).isEqualTo(matched);
        assertThat(match.reused()).isEqualTo(reused);
        assertThat(match.evicted()).isEqualTo(lost > reused ? lost : 0);
        assertThat(match.given()).isEqualTo(matched < ids.length ? ids[matched] : PrefixMatch.NO_ID);
        if (next.isEmpty()) {
            assertThat(match.cached()).isEqualTo(PrefixMatch.NO_ID);
        } else {
            assertThat(match.cached()).isIn(next);
        }
        assertThat(match.lease() != null).isEqualTo(reused > 0);
        return match;
    }

    private void goOn(PrefixTree tree) {
        if (!sequences.isEmpty()) {
            append(tree, sequences.get(random.nextInt(sequences.size())), ids());
        }
    }

    /** Goes on as far as there is room, leaving waypoints; else the youngest sequence gives way. */
    private void append(PrefixTree tree, Running running, int[] ids) {
        for (int id : ids) {
            if (!tree.makeRoom(FakeState.growth(), running.scope().tenant()) && !tree.makeRoom(FakeState.growth())) {
                sequences.removeLast().state().close();
                return;
            }
            running.state().append(id);
            if (tree.isWaypoint(running.state().length())) {
                insert(tree, running, SnapshotKind.WAYPOINT);
            }
        }
    }

    private void leave(PrefixTree tree, SnapshotKind kind) {
        if (!sequences.isEmpty()) {
            insert(tree, sequences.get(random.nextInt(sequences.size())), kind);
        }
    }

    private void insert(PrefixTree tree, Running running, SnapshotKind kind) {
        FakeState state = running.state();
        int forks = state.forks.size();
        if (state.length() > 0) {
            int[] ids = Arrays.copyOf(state.ids(), state.length() + random.nextInt(3));
            tree.insert(running.scope(), ids, state, kind);
        }
        if (state.forks.size() > forks) {
            String namespace = running.scope().namespace();
            int[] ids = state.ids();
            known.removeIf(each -> each.namespace().equals(namespace) && Arrays.equals(each.ids(), ids));
            known.add(new Known(namespace, ids, state.forks.getLast()));
        }
    }

    private void end(PrefixTree tree) {
        if (!sequences.isEmpty()) {
            Running running = sequences.remove(random.nextInt(sequences.size()));
            if (random.nextInt(4) > 0) {
                insert(tree, running, SnapshotKind.TURN_END);
            }
            running.state().close();
        }
    }

    private void lease(PrefixTree tree) {
        if (!known.isEmpty() && leases.size() < 3) {
            Known wanted = known.get(random.nextInt(known.size()));
            int[] ids = Arrays.copyOf(wanted.ids(), wanted.ids().length + 1);
            PrefixMatch match = compare(tree, new Scope(wanted.namespace(), "tenant 0"), ids);
            if (match.lease() != null) {
                leases.add(Objects.requireNonNull(match.lease()));
            }
        }
    }

    private void release() {
        Iterator<Lease> each = leases.iterator();
        if (each.hasNext()) {
            each.next().close();
            each.remove();
        }
    }
}
