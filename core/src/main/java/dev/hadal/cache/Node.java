package dev.hadal.cache;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * A place in the tree: the end of a run of ids that its parent's place is the start of. It exists because there is a
 * snapshot, or was one, or because paths part here.
 */
final class Node {
    /** Null for the root of a namespace. */
    @Nullable
    Node parent;
    /** The ids from the parent's place to this one. */
    int[] run;
    /** Position: ids from the root. */
    final int depth;
    /** By the first id of their run, the youngest last. */
    final SequencedMap<Integer, Node> children = new LinkedHashMap<>();

    @Nullable
    Snapshot snapshot;
    /** Whether there was a snapshot, and it was evicted. */
    boolean evicted;
    /** Whether a snapshot is about to come. */
    boolean reserved;

    private Node(@Nullable Node parent, int[] run, int depth) {
        this.parent = parent;
        this.run = run;
        this.depth = depth;
    }

    static Node root() {
        return new Node(null, new int[0], 0);
    }

    /** How many ids of the run, starting at {@code from}, a sequence has. */
    int common(int[] ids, int from, int to) {
        int mismatch =
                Arrays.mismatch(run, 0, Math.min(run.length, to - from), ids, from, Math.min(to, from + run.length));
        return mismatch < 0 ? Math.min(run.length, to - from) : mismatch;
    }

    /** Adds a place below this one, at the end of {@code ids[depth .. to)}. */
    Node grow(int[] ids, int to) {
        Node child = new Node(this, Arrays.copyOfRange(ids, depth, to), to);
        children.put(child.run[0], child);
        return child;
    }

    /** Makes a place after {@code count} ids of this one's run, between its parent and itself. */
    Node split(int count) {
        Node above = Objects.requireNonNull(parent);
        Node middle = new Node(above, Arrays.copyOf(run, count), above.depth + count);
        above.children.put(run[0], middle);
        run = Arrays.copyOfRange(run, count, run.length);
        parent = middle;
        middle.children.put(run[0], this);
        return middle;
    }

    /** Whether anything speaks for this place. */
    boolean needed() {
        return parent == null || snapshot != null || evicted || reserved || children.size() > 1;
    }

    /** Whether it is still a part of the tree. */
    boolean attached() {
        return parent == null || parent.children.get(run[0]) == this;
    }

    /** Takes this place, which nothing speaks for, out of the tree, and returns the parent. */
    Node remove() {
        Node above = Objects.requireNonNull(parent);
        if (children.isEmpty()) {
            above.children.remove(run[0]);
        } else {
            Node child = children.firstEntry().getValue();
            int[] joined = Arrays.copyOf(run, run.length + child.run.length);
            System.arraycopy(child.run, 0, joined, run.length, child.run.length);
            child.run = joined;
            child.parent = above;
            above.children.put(joined[0], child);
        }
        return above;
    }

    /** The nearest place above that has a snapshot; null if there is none. */
    @Nullable
    Node snapshotAbove() {
        Node above = parent;
        while (above != null && above.snapshot == null) {
            above = above.parent;
        }
        return above;
    }
}
