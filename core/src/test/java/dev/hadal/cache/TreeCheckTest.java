package dev.hadal.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.model.StateMemory;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Each kind of damage is found. */
class TreeCheckTest {
    private static final Scope ANN = new Scope("ann", "ann");

    private final StateMemory memory = new StateMemory();
    private final PrefixTree tree = new PrefixTree(CacheOptions.defaults(), KvBudget.of(Long.MAX_VALUE, memory));
    private final FakeState state = new FakeState(memory).append(1, 2);
    private final FakeState first;
    private final FakeState second;

    TreeCheckTest() {
        int[] ids = {1, 2, 3, 4};
        tree.insert(ANN, ids, state, SnapshotKind.WAYPOINT);
        first = state.forks.getLast();
        state.append(3, 4);
        tree.insert(ANN, ids, state, SnapshotKind.TURN_END);
        second = state.forks.getLast();
        assertThat(tree.check()).isEmpty();
    }

    @Test
    void findsEachFlippedBitOfASnapshot() {
        for (FakeState snapshot : List.of(first, second)) {
            for (FakeState.Page page : snapshot.pages) {
                for (int at = 0; at < page.ids.length; at++) {
                    for (int bit = 0; bit < Integer.SIZE; bit++) {
                        page.ids[at] ^= 1 << bit;
                        assertThat(tree.check())
                                .contains(
                                        "the snapshot at position " + snapshot.length()
                                                + " of namespace 'ann' has changed since it was taken: its checksum is another");
                        page.ids[at] ^= 1 << bit;
                    }
                }
            }
        }
        assertThat(tree.check()).isEmpty();
    }

    @Test
    void findsAStateThatSomebodyWentOnWith() {
        first.append(5);
        assertThat(tree.check())
                .anyMatch(
                        wrong -> wrong.equals("the snapshot at position 2 of namespace 'ann' is of another position"));
    }

    @Test
    void findsAStateThatSomebodyClosed() {
        second.close();
        assertThat(tree.check())
                .containsExactly("the snapshot at position 4 of namespace 'ann' cannot be read: "
                        + "java.lang.IllegalStateException: closed");
    }

    @Test
    void findsAWrongNumberOfLeases() {
        Lease lease =
                Objects.requireNonNull(tree.lookup(ANN, new int[] {1, 2, 7}, 3).lease());
        lease.snapshot().leases++;
        assertThat(tree.check()).containsExactly("the snapshot at position 2 counts 2 leases instead of 1");
        lease.snapshot().leases -= 2;
        assertThat(tree.check()).containsExactly("the snapshot at position 2 counts 0 leases instead of 1");
        lease.snapshot().leases++;
        lease.close();
        assertThat(tree.check()).isEmpty();
    }

    @Test
    void findsWrongAccounts() {
        Node node = node(2);
        Accounts.snapshot(node).ownBytes++;
        assertThat(tree.check())
                .containsExactly(
                        "the snapshot at position 2 of namespace 'ann' is charged with 1101 bytes instead of 1100",
                        "the snapshots have 2201 bytes but 2200 are counted",
                        "the snapshots of tenant 'ann' have 2201 bytes but 2200 are counted");
        Accounts.snapshot(node).ownBytes--;
        Accounts.snapshot(node).freedBytes--;
        assertThat(tree.check())
                .containsExactly(
                        "the snapshot at position 2 of namespace 'ann' is expected to free 1099 bytes instead of"
                                + " 1100");
    }

    @Test
    void findsAWrongShape() {
        assertThat(damaged(node -> node.run = new int[] {3})).contains("the tree has 3 ids but counts 4");
        assertThat(damaged(node -> node.run = new int[] {9, 4}))
                .containsExactly("a place below position 2 of namespace 'ann' is found by an id that it does not begin"
                        + " with");
        assertThat(damaged(node -> node.evicted = true))
                .containsExactly(
                        "the snapshot at position 4 of namespace 'ann' is there and counts as evicted",
                        "the list of evicted snapshots is not that of the tree");
        assertThat(damaged(node -> node.reserved = true))
                .containsExactly("position 4 of namespace 'ann' has no reason to exist");
        assertThat(damaged(node -> node.parent = Node.root()))
                .contains("a place below position 2 of namespace 'ann' has another parent");
        assertThat(damaged(node -> node.snapshot = null))
                .contains(
                        "position 4 of namespace 'ann' has no reason to exist",
                        "the list of snapshots is not that of the tree");
    }

    private List<String> damaged(Consumer<Node> damage) {
        Node node = node(4);
        int[] run = node.run;
        Node parent = node.parent;
        Snapshot snapshot = node.snapshot;
        damage.accept(node);
        List<String> wrong = tree.check();
        node.run = run;
        node.parent = parent;
        node.snapshot = snapshot;
        node.evicted = false;
        node.reserved = false;
        assertThat(tree.check()).isEmpty();
        return wrong;
    }

    private Node node(int depth) {
        for (Map.Entry<String, Node> root : tree.roots().entrySet()) {
            for (Node node : TokenTree.places(root.getValue())) {
                if (node.depth == depth) {
                    return node;
                }
            }
        }
        throw new AssertionError("no place at " + depth);
    }
}
