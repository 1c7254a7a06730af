package dev.hadal.cache;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who holds how much. Snapshots of one path share memory, so a snapshot is charged for what the nearest one above it does
 * not have; the sum over a tree is the memory of all, as long as the place where paths part has a snapshot, and more if
 * that was evicted. What an eviction would give back is less while a snapshot below has it too.
 */
final class Accounts {
    private final Map<String, Long> byTenant = new HashMap<>();
    private long bytes;

    /** Memory of all snapshots, at most. */
    long bytes() {
        return bytes;
    }

    /** Memory that a tenant is charged for. */
    long bytes(String tenant) {
        return byTenant.getOrDefault(tenant, 0L);
    }

    /** Tenants that are charged for anything, in no order. */
    int tenants() {
        return byTenant.size();
    }

    /** Brings the charges up to date after a place got its snapshot. */
    void added(Node node) {
        List<Node> below = snapshotsBelow(node);
        below.forEach(this::charge);
        charge(node);
        refresh(node.snapshotAbove());
        refresh(node);
        below.forEach(Accounts::refresh);
    }

    /** Brings the charges up to date after a place lost its snapshot. */
    void removed(Node node, Snapshot snapshot) {
        charge(snapshot, 0);
        List<Node> below = snapshotsBelow(node);
        below.forEach(this::charge);
        refresh(node.snapshotAbove());
        below.forEach(Accounts::refresh);
    }

    private void charge(Node node) {
        Snapshot snapshot = snapshot(node);
        charge(snapshot, ownBytes(node, snapshot));
    }

    private void charge(Snapshot snapshot, long own) {
        long change = own - snapshot.ownBytes;
        snapshot.ownBytes = own;
        bytes += change;
        byTenant.merge(snapshot.tenant(), change, Long::sum);
        byTenant.remove(snapshot.tenant(), 0L);
    }

    private static void refresh(@Nullable Node node) {
        if (node != null) {
            snapshot(node).freedBytes = freedBytes(node);
        }
    }

    /** Memory that a snapshot has and the nearest one above it has not. */
    static long ownBytes(Node node, Snapshot snapshot) {
        Node above = node.snapshotAbove();
        long shared =
                above == null ? 0 : snapshot.state().sharedBytes(snapshot(above).state());
        return snapshot.state().bytes() - shared;
    }

    /** Memory that neither the nearest snapshot above nor any of the nearest below has. */
    static long freedBytes(Node node) {
        Snapshot snapshot = snapshot(node);
        // What is shared is a part of the past, so of two shares the larger contains the smaller.
        long shared = snapshot.state().bytes() - ownBytes(node, snapshot);
        for (Node below : snapshotsBelow(node)) {
            shared = Math.max(
                    shared, snapshot.state().sharedBytes(snapshot(below).state()));
        }
        return snapshot.state().bytes() - shared;
    }

    /** The places with a snapshot below one, without any between. */
    static List<Node> snapshotsBelow(Node node) {
        List<Node> found = new ArrayList<>();
        Deque<Node> open = new ArrayDeque<>(node.children.values());
        while (!open.isEmpty()) {
            Node next = open.pop();
            if (next.snapshot == null) {
                open.addAll(next.children.values());
            } else {
                found.add(next);
            }
        }
        return found;
    }

    static Snapshot snapshot(Node node) {
        Snapshot snapshot = node.snapshot;
        if (snapshot == null) {
            throw new IllegalStateException("there is no snapshot at position " + node.depth + " of this path");
        }
        return snapshot;
    }
}
