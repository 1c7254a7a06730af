package dev.hadal.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.hadal.cache.PrefixMatch.Cause;
import dev.hadal.model.StateMemory;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PrefixTreeTest {
    private static final Scope ANN = new Scope("ann", "ann");
    private static final int NONE = PrefixMatch.NO_ID;

    private final StateMemory memory = new StateMemory();
    private long limit = Long.MAX_VALUE;
    private final KvBudget budget = new KvBudget() {
        @Override
        public long limitBytes() {
            return limit;
        }

        @Override
        public long usedBytes() {
            return memory.usedBytes();
        }
    };
    private PrefixTree tree = new PrefixTree(CacheOptions.defaults(), budget);

    @AfterEach
    void isSoundAndLeaksNothing() {
        assertThat(tree.check()).isEmpty();
        tree.close();
        assertThat(memory.usedBytes()).isZero();
        assertThat(tree.status().bytes()).isZero();
        assertThat(tree.status().snapshots()).isZero();
    }

    @Test
    void knowsNothingAtFirst() {
        assertThat(look(1, 2, 3)).isEqualTo(new PrefixMatch(0, 0, 1, NONE, 0, null));
        assertThat(look(1, 2, 3).cause()).isEqualTo(Cause.NOTHING_KNOWN);
        assertThat(look().cause()).isEqualTo(Cause.NOTHING_KNOWN);
    }

    @Test
    void goesOnFromTheEndOfAKnownTurn() {
        put(1, 2, 3);
        PrefixMatch match = look(1, 2, 3, 4, 5);
        assertThat(match).isEqualTo(new PrefixMatch(3, 3, 4, NONE, 0, null));
        assertThat(match.cause()).isEqualTo(Cause.NONE);
    }

    @Test
    void leavesAtLeastOneIdToCompute() {
        put(1, 2);
        put(1, 2, 3);
        assertThat(look(1, 2, 3)).isEqualTo(new PrefixMatch(3, 2, NONE, NONE, 0, null));
        assertThat(look(1, 2).reused()).isZero();
        assertThat(look(1, 2).cause()).isEqualTo(Cause.NONE);
    }

    @Test
    void findsTheLastSnapshotBeforeThePathsPart() {
        put(1, 2);
        put(1, 2, 3, 4, 5, 6);
        PrefixMatch match = look(1, 2, 3, 4, 9, 6);
        assertThat(match).isEqualTo(new PrefixMatch(4, 2, 9, 5, 0, null));
        assertThat(match.cause()).isEqualTo(Cause.DIFFERENT_ID);
        put(1, 2, 3, 4, 9, 7);
        // Where several paths go on, the youngest is named.
        assertThat(look(1, 2, 3, 4, 8)).isEqualTo(new PrefixMatch(4, 2, 8, 9, 0, null));
        assertThat(tree.status().ids()).isEqualTo(8);
    }

    @Test
    void theFirstIdOfAllMayDiffer() {
        put(1, 2);
        assertThat(look(7, 2)).isEqualTo(new PrefixMatch(0, 0, 7, 1, 0, null));
        assertThat(look(7, 2).cause()).isEqualTo(Cause.NOTHING_KNOWN);
    }

    @Test
    void looksOnlyAtTheIdsThatCount() {
        put(1, 2);
        put(1, 2, 3);
        try (Lease lease = lease(tree.lookup(ANN, new int[] {1, 2, 3, 4, 5}, 3))) {
            assertThat(lease.length()).isEqualTo(2);
        }
    }

    @Test
    void namespacesKnowNothingOfEachOther() {
        put(1, 2);
        PrefixMatch match = tree.lookup(new Scope("bob", "ann"), new int[] {1, 2, 3}, 3);
        assertThat(match.cause()).isEqualTo(Cause.NOTHING_KNOWN);
        assertThat(match.matched()).isZero();
        // Who pays does not matter.
        PrefixMatch shared = tree.lookup(new Scope("ann", "bob"), new int[] {1, 2, 3}, 3);
        assertThat(shared.reused()).isEqualTo(2);
        lease(shared).close();
    }

    @Test
    void aForkGoesItsOwnWayAndOutlivesLeaseAndSnapshot() {
        put(1, 2, 3);
        Lease lease = lease(tree.lookup(ANN, new int[] {1, 2, 3, 4}, 4));
        FakeState fork = (FakeState) lease.fork();
        lease.close();
        lease.close();
        assertThatIllegalStateException()
                .isThrownBy(lease::fork)
                .withMessage("this lease is closed; its snapshot may be gone");
        fork.append(4);
        assertThat(tree.check()).isEmpty();
        limit = memory.usedBytes();
        assertThat(tree.makeRoom(FakeState.RING_BYTES)).isTrue();
        assertThat(tree.status().snapshots()).isZero();
        assertThat(fork.ids()).containsExactly(1, 2, 3, 4);
        fork.close();
    }

    @Test
    void whatIsKnownIsNotKeptTwice() {
        put(1, 2, 3);
        long bytes = memory.usedBytes();
        put(1, 2, 3);
        assertThat(memory.usedBytes()).isEqualTo(bytes);
        assertThat(tree.status().snapshots()).isEqualTo(1);
    }

    @Test
    void aSnapshotNeedsItsIds() {
        FakeState state = new FakeState(memory);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tree.insert(ANN, new int[0], state, SnapshotKind.TURN_END))
                .withMessage("a snapshot of 0 positions needs as many ids, at least 1, but has 0");
        state.append(1, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tree.insert(ANN, new int[1], state, SnapshotKind.TURN_END))
                .withMessage("a snapshot of 2 positions needs as many ids, at least 1, but has 1");
        state.close();
    }

    @Test
    void chargesSnapshotsOfOnePathOnceForWhatTheyShare() {
        FakeState state = new FakeState(memory);
        for (int position = 1; position <= 64; position++) {
            state.append(position);
            if (position % 16 == 0) {
                tree.insert(ANN, IntStream.rangeClosed(1, 64).toArray(), state, SnapshotKind.WAYPOINT);
            }
        }
        state.close();
        assertThat(tree.status().bytes())
                .isEqualTo(memory.usedBytes())
                .isEqualTo(4 * FakeState.RING_BYTES + 4 * FakeState.PAGE_BYTES);
    }

    @Test
    void whatIsLeasedStays() {
        put(1, 2, 3);
        Lease lease = lease(tree.lookup(ANN, new int[] {1, 2, 3, 4}, 4));
        limit = memory.usedBytes();
        assertThat(tree.makeRoom(1)).isFalse();
        assertThat(tree.status().pinned()).isEqualTo(1);
        assertThat(tree.check()).isEmpty();
        lease.close();
        assertThat(tree.makeRoom(1)).isTrue();
        assertThat(tree.status().pinned()).isZero();
    }

    @Test
    void evictsNothingInVain() {
        put(1, 2, 3);
        put(4, 5, 6);
        FakeState running = new FakeState(memory);
        limit = memory.usedBytes();
        assertThat(tree.makeRoom(limit)).isFalse();
        assertThat(tree.makeRoom(Long.MAX_VALUE)).isFalse();
        assertThat(tree.status().snapshots()).isEqualTo(2);
        running.close();
    }

    @Test
    void aMissThatEvictionCausedSaysSo() {
        put(1, 2, 3);
        put(1, 2, 3, 4, 5, 6, 7, 8);
        limit = memory.usedBytes();
        tree.makeRoom(FakeState.RING_BYTES);
        PrefixMatch match = look(1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(tree.status().snapshots()).isEqualTo(1);
        assertThat(match).isEqualTo(new PrefixMatch(8, 8, 9, NONE, 0, null));
        // The shorter one had less to save: it went first. Its place is still known.
        assertThat(look(1, 2, 3, 7)).isEqualTo(new PrefixMatch(3, 0, 7, 4, 3, null));
        assertThat(look(1, 2, 3, 7).cause()).isEqualTo(Cause.EVICTED);
        put(1, 2, 3);
        assertThat(look(1, 2, 3, 7).cause()).isEqualTo(Cause.DIFFERENT_ID);
    }

    @Test
    void forgetsThePathsOfEvictedSnapshotsOnceThereAreTooManyIds() {
        tree = new PrefixTree(new CacheOptions(128, 128, 10, 10), budget);
        put(1, 2, 3, 4, 5);
        limit = memory.usedBytes();
        tree.makeRoom(1);
        assertThat(look(1, 2, 3, 4, 5, 6).cause()).isEqualTo(Cause.EVICTED);
        assertThat(tree.status().ids()).isEqualTo(5);
        limit = Long.MAX_VALUE;
        put(1, 2, 7, 7, 7, 7, 7, 7);
        assertThat(look(1, 2, 3, 4, 5, 6).cause()).isEqualTo(Cause.DIFFERENT_ID);
        assertThat(tree.status().ids()).isEqualTo(8);
    }

    @Test
    void aWaypointMustBeWorthMoreThanWhatItReplaces() {
        FakeState state = new FakeState(memory);
        int[] ids = IntStream.rangeClosed(1, 200).toArray();
        state.append(IntStream.rangeClosed(1, 100).toArray());
        assertThat(tree.insert(ANN, ids, state, SnapshotKind.TURN_END)).isTrue();
        state.append(101);
        limit = memory.usedBytes() + 100;
        assertThat(tree.insert(ANN, ids, state, SnapshotKind.WAYPOINT)).isFalse();
        assertThat(tree.status().counts().refused()).isEqualTo(1);
        assertThat(tree.check()).isEmpty();
        state.close();
    }

    @Test
    void keepsNoMoreSnapshotsThanAllowed() {
        tree = new PrefixTree(new CacheOptions(128, 128, 3, 1000), budget);
        for (int i = 0; i < 10; i++) {
            put(i, 1, 2);
            assertThat(tree.status().snapshots()).isEqualTo(Math.min(3, i + 1));
        }
        assertThat(tree.status().counts().evicted()).isEqualTo(7);
    }

    @Test
    void waypointsStandAtMultiplesOfTheSpacing() {
        assertThat(IntStream.rangeClosed(0, 400).filter(tree::isWaypoint)).containsExactly(128, 256, 384);
        assertThat(tree.nextWaypoint(0)).isEqualTo(128);
        assertThat(tree.nextWaypoint(127)).isEqualTo(128);
        assertThat(tree.nextWaypoint(128)).isEqualTo(256);
    }

    @Test
    void nobodyIsPushedOutByOthersWhileWithinTheOwnShare() {
        // Room for eight snapshots; Bob has three and is idle.
        long each = FakeState.RING_BYTES + FakeState.PAGE_BYTES;
        limit = 8 * each;
        Scope bob = new Scope("bob", "bob");
        for (int i = 0; i < 3; i++) {
            put(bob, i);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(tree.makeRoom(each, "ann")).isTrue();
            put(ANN, i);
            assertThat(memory.usedBytes()).isLessThanOrEqualTo(limit);
        }
        for (int i = 0; i < 3; i++) {
            lease(tree.lookup(bob, new int[] {i, 9}, 2)).close();
        }
        // But who has more than that gives way to a newcomer.
        for (int i = 0; i < 50; i++) {
            assertThat(tree.makeRoom(each, "bob")).isTrue();
            put(bob, 10 + i);
        }
        assertThat(tree.status().snapshots()).isEqualTo(8);
        long ofAnn =
                IntStream.range(0, 100).filter(i -> look(i, 9).reused() > 0).count();
        assertThat(ofAnn).isEqualTo(4);
    }

    @Test
    void theEngineMayTakeFromAll() {
        long each = FakeState.RING_BYTES + FakeState.PAGE_BYTES;
        limit = 3 * each;
        put(new Scope("bob", "bob"), 1);
        put(new Scope("eve", "eve"), 1);
        assertThat(tree.makeRoom(each, "ann")).isTrue();
        assertThat(tree.makeRoom(2 * each, "ann")).isFalse();
        assertThat(tree.status().snapshots()).isEqualTo(2);
        assertThat(tree.makeRoom(2 * each)).isTrue();
        assertThat(tree.status().snapshots()).isEqualTo(1);
    }

    @Test
    void whatIsUsedOutlivesWhatIsNot() {
        long each = FakeState.RING_BYTES + FakeState.PAGE_BYTES;
        limit = 4 * each;
        put(ANN, 1000);
        for (int i = 0; i < 40; i++) {
            lease(tree.lookup(ANN, new int[] {1000, 1}, 2)).close();
            assertThat(tree.makeRoom(each, "ann")).isTrue();
            put(ANN, i);
        }
        lease(tree.lookup(ANN, new int[] {1000, 1}, 2)).close();
        // But not for ever.
        for (int i = 100; i < 1000; i++) {
            assertThat(tree.makeRoom(each, "ann")).isTrue();
            put(ANN, i);
        }
        assertThat(look(1000, 1).cause()).isEqualTo(Cause.EVICTED);
    }

    @Test
    void forgetsANamespaceButForWhatIsLeased() {
        put(1, 2);
        put(1, 2, 3, 4);
        put(1, 2, 5);
        put(new Scope("bob", "ann"), 1);
        Lease lease = lease(tree.lookup(ANN, new int[] {1, 2, 3, 4, 5}, 5));
        tree.clear("ann");
        tree.clear("nobody");
        assertThat(tree.check()).isEmpty();
        assertThat(tree.status().snapshots()).isEqualTo(2);
        assertThat(tree.status().ids()).isEqualTo(5);
        lease.close();
        tree.clear("ann");
        assertThat(look(1, 2, 3, 4, 5).cause()).isEqualTo(Cause.NOTHING_KNOWN);
        assertThat(tree.status().ids()).isEqualTo(1);
    }

    @Test
    void countsWhatHappens() {
        put(1, 2);
        look(1, 2, 3);
        look(1, 2, 4);
        look(5);
        assertThat(tree.status().counts()).isEqualTo(new CacheStatus.Counts(2, 1, 4, 1, 0, 0));
    }

    /** Looks up and lets go. */
    private PrefixMatch look(int... ids) {
        PrefixMatch match = tree.lookup(ANN, ids, ids.length);
        try (Lease lease = match.lease()) {
            if (lease != null) {
                try (FakeState fork = (FakeState) lease.fork()) {
                    assertThat(fork.ids()).containsExactly(Arrays.copyOf(ids, match.reused()));
                }
            }
        }
        return new PrefixMatch(match.matched(), match.reused(), match.given(), match.cached(), match.evicted(), null);
    }

    private void put(int... ids) {
        put(ANN, ids);
    }

    private void put(Scope scope, int... ids) {
        try (FakeState state = new FakeState(memory).append(ids)) {
            assertThat(tree.insert(scope, ids, state, SnapshotKind.TURN_END)).isTrue();
        }
    }

    private static Lease lease(PrefixMatch match) {
        return Objects.requireNonNull(match.lease());
    }
}
