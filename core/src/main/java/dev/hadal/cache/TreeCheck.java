package dev.hadal.cache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Verifies a tree against what must be true of it, recomputing whatever is kept. */
final class TreeCheck {
    private final TokenTree tree;
    private final Accounts accounts;
    private final List<String> wrong = new ArrayList<>();

    TreeCheck(TokenTree tree, Accounts accounts) {
        this.tree = tree;
        this.accounts = accounts;
    }

    List<String> run(Set<Node> holders, Set<Node> losers, Set<Lease> leases) {
        Set<Node> withSnapshot = new HashSet<>();
        Set<Node> evicted = new HashSet<>();
        long ids = 0;
        for (Map.Entry<String, Node> namespace : tree.roots().entrySet()) {
            for (Node node : TokenTree.places(namespace.getValue())) {
                String where = "position " + node.depth + " of namespace '" + namespace.getKey() + "'";
                shape(node, where);
                ids += node.run.length;
                if (node.snapshot != null) {
                    withSnapshot.add(node);
                    snapshot(node, node.snapshot, "the snapshot at " + where);
                }
                if (node.evicted) {
                    evicted.add(node);
                }
            }
        }
        expect(ids == tree.ids(), "the tree has " + ids + " ids but counts " + tree.ids());
        expect(withSnapshot.equals(holders), "the list of snapshots is not that of the tree");
        expect(evicted.equals(losers), "the list of evicted snapshots is not that of the tree");
        leases(withSnapshot, leases);
        accounts(withSnapshot);
        return wrong;
    }

    private void shape(Node node, String where) {
        Node parent = node.parent;
        if (parent == null) {
            expect(node.depth == 0 && node.run.length == 0, where + " is a root that is not at 0");
            expect(!node.children.isEmpty(), where + " is a root of nothing");
        } else {
            expect(node.run.length > 0, where + " has no ids of its own");
            expect(parent.depth + node.run.length == node.depth, where + " does not follow on its parent");
            expect(!node.reserved && node.needed(), where + " has no reason to exist");
        }
        node.children.forEach((first, child) -> {
            expect(child.parent == node, "a place below " + where + " has another parent");
            expect(
                    child.run.length > 0 && child.run[0] == first,
                    "a place below " + where + " is found by an id that it does not begin with");
        });
    }

    private void snapshot(Node node, Snapshot snapshot, String what) {
        expect(!node.evicted, what + " is there and counts as evicted");
        expect(snapshot.state().length() == node.depth, what + " is of another position");
        try {
            expect(
                    snapshot.state().checksum() == snapshot.checksum(),
                    what + " has changed since it was taken: its checksum is another");
        } catch (RuntimeException e) {
            wrong.add(what + " cannot be read: " + e);
        }
        long own = Accounts.ownBytes(node, snapshot);
        expect(snapshot.ownBytes == own, what + " is charged with " + snapshot.ownBytes + " bytes instead of " + own);
        long freed = Accounts.freedBytes(node);
        expect(
                snapshot.freedBytes == freed,
                what + " is expected to free " + snapshot.freedBytes + " bytes instead of " + freed);
    }

    private void leases(Set<Node> withSnapshot, Set<Lease> leases) {
        IdentityHashMap<Snapshot, Integer> held = new IdentityHashMap<>();
        leases.forEach(lease -> held.merge(lease.snapshot(), 1, Integer::sum));
        for (Node node : withSnapshot) {
            Snapshot snapshot = Accounts.snapshot(node);
            Integer expected = held.remove(snapshot);
            expect(
                    snapshot.leases == (expected == null ? 0 : expected),
                    "the snapshot at position " + node.depth + " counts " + snapshot.leases + " leases instead of "
                            + (expected == null ? 0 : expected));
        }
        expect(held.isEmpty(), "a lease holds a snapshot that is not in the tree");
    }

    private void accounts(Set<Node> withSnapshot) {
        Map<String, Long> byTenant = new HashMap<>();
        long bytes = 0;
        for (Node node : withSnapshot) {
            Snapshot snapshot = Accounts.snapshot(node);
            bytes += snapshot.ownBytes;
            byTenant.merge(snapshot.tenant(), snapshot.ownBytes, Long::sum);
        }
        expect(
                bytes == accounts.bytes(),
                "the snapshots have " + bytes + " bytes but " + accounts.bytes() + " are counted");
        byTenant.forEach((tenant, own) -> expect(
                own == accounts.bytes(tenant),
                "the snapshots of tenant '" + tenant + "' have " + own + " bytes but " + accounts.bytes(tenant)
                        + " are counted"));
    }

    private void expect(boolean truth, String otherwise) {
        if (!truth) {
            wrong.add(otherwise);
        }
    }
}
