package dev.hadal.cache;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Paths of token ids, one tree of them for each namespace, with places where something is or was or where paths part. */
final class TokenTree {
    private final Map<String, Node> roots = new LinkedHashMap<>();
    private long ids;

    /**
     * How far a sequence follows the known paths.
     *
     * @param matched ids that are known
     * @param cached the youngest path's id after them, or {@link PrefixMatch#NO_ID}
     * @param snapshot the last place on the way, up to a limit, that has a snapshot
     * @param evicted the last place on the way, up to the limit, that has lost its snapshot
     */
    record Way(
            int matched,
            int cached,
            @Nullable Node snapshot,
            @Nullable Node evicted) {}

    /** The root of each namespace that has any path. */
    Map<String, Node> roots() {
        return roots;
    }

    /** All places of a namespace, a place before those below it. */
    static List<Node> places(Node root) {
        List<Node> places = new ArrayList<>();
        Deque<Node> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            Node node = open.remove();
            places.add(node);
            open.addAll(node.children.values());
        }
        return places;
    }

    /** Forgets everything. */
    void clear() {
        roots.clear();
        ids = 0;
    }

    /** Ids of all runs. */
    long ids() {
        return ids;
    }

    /** Follows the first {@code length} ids of a sequence; places are of interest up to position {@code most}. */
    Way follow(String namespace, int[] sequence, int length, int most) {
        Node node = roots.get(namespace);
        if (node == null) {
            return new Way(0, PrefixMatch.NO_ID, null, null);
        }
        Node snapshot = null;
        Node evicted = null;
        while (true) {
            if (node.depth <= most) {
                snapshot = node.snapshot == null ? snapshot : node;
                evicted = node.evicted ? node : evicted;
            }
            Node child = node.depth < length ? node.children.get(sequence[node.depth]) : null;
            if (child == null) {
                int youngest = node.children.isEmpty()
                        ? PrefixMatch.NO_ID
                        : node.children.lastEntry().getKey();
                return new Way(node.depth, youngest, snapshot, evicted);
            }
            int common = child.common(sequence, node.depth, length);
            if (common < child.run.length) {
                return new Way(node.depth + common, child.run[common], snapshot, evicted);
            }
            node = child;
        }
    }

    /** The place at the end of the first {@code length} ids of a sequence, made if there is none. */
    Node place(String namespace, int[] sequence, int length) {
        Node node = roots.computeIfAbsent(namespace, _ -> Node.root());
        while (node.depth < length) {
            Node child = node.children.get(sequence[node.depth]);
            if (child == null) {
                ids += length - node.depth;
                return node.grow(sequence, length);
            }
            int common = child.common(sequence, node.depth, length);
            node = common < child.run.length ? child.split(common) : child;
        }
        return node;
    }

    /** Takes a place out for which nothing speaks any more, and then those above it of which the same is true. */
    void prune(Node place) {
        Node node = place;
        while (node.attached() && !node.needed()) {
            // Where one path goes on, its run is joined and no id is lost.
            ids -= node.children.isEmpty() ? node.run.length : 0;
            node = node.remove();
        }
        if (node.parent == null && node.children.isEmpty()) {
            Node empty = node;
            roots.values().removeIf(root -> root == empty);
        }
    }
}
