package dev.hadal.cache;

import dev.hadal.model.SequenceState;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Prefixes of token ids that a model has computed, with snapshots of its state at some positions. A sequence that begins
 * like a known one goes on from the last snapshot that both have in common; its user computes the ids from there on,
 * which by the contract of {@link dev.hadal.model.LanguageModel} gives the same bits as computing all.
 *
 * <p>Ids are compared, not hashes of them, and only within one namespace. A snapshot is never changed: it is forked, to be
 * put in and to be used. Memory is bounded by a {@link KvBudget}, which running sequences count towards. What is worth
 * least for its bytes has to go first ({@link #insert} says in which cases); what is leased stays.
 *
 * <p>For one thread, but for {@link #status}.
 */
public final class PrefixTree implements AutoCloseable {
    private final CacheOptions options;
    private final KvBudget budget;
    private final TokenTree tree = new TokenTree();
    private final Accounts accounts = new Accounts();
    private final Worth worth = new Worth();
    private final Spacing spacing;
    private final Set<Node> holders = new LinkedHashSet<>();
    private final Set<Node> losers = new LinkedHashSet<>();
    private final Set<Lease> leases = Collections.newSetFromMap(new IdentityHashMap<>());
    private CacheStatus.Counts counts = CacheStatus.Counts.ZERO;
    private volatile CacheStatus status;

    /** An empty tree. */
    public PrefixTree(CacheOptions options, KvBudget budget) {
        this.options = options;
        this.budget = budget;
        this.spacing = new Spacing(options);
        this.status = newStatus();
    }

    /**
     * Finds out what is known of a sequence. If that includes a snapshot, the answer leases it; the caller closes the
     * lease, usually as soon as it has a fork. A snapshot has no logits, so at least the last id is left to be computed:
     * only positions before {@code length} are of use.
     *
     * @param ids    the sequence is the first {@code length} of them
     */
    public PrefixMatch lookup(Scope scope, int[] ids, int length) {
        Objects.checkFromIndexSize(0, length, ids.length);
        TokenTree.Way way = tree.follow(scope.namespace(), ids, length, length - 1);
        int given = way.matched() < length ? ids[way.matched()] : PrefixMatch.NO_ID;
        Node found = way.snapshot();
        int reused = found == null ? 0 : found.depth;
        Node lost = way.evicted();
        int evicted = lost == null || lost.depth <= reused ? 0 : lost.depth;
        Lease lease = found == null ? null : lease(found);
        counts = found == null ? counts.withMiss() : counts.withHit(reused);
        publish();
        return new PrefixMatch(way.matched(), reused, given, way.cached(), evicted, lease);
    }

    private Lease lease(Node node) {
        Snapshot snapshot = Accounts.snapshot(node);
        snapshot.hits++;
        worth.touch(snapshot);
        Lease lease = new Lease(this, snapshot);
        leases.add(lease);
        snapshot.leases++;
        return lease;
    }

    /** A lease is closed. */
    void release(Lease lease) {
        if (leases.remove(lease)) {
            lease.snapshot().leases--;
            publish();
        }
    }

    /** Whether a sequence that goes on should leave a waypoint at a position. */
    public boolean isWaypoint(int position) {
        return position > 0 && position % spacing.tokens() == 0;
    }

    /** The first position after one at which a sequence should leave a waypoint. */
    public int nextWaypoint(int position) {
        int tokens = spacing.tokens();
        return Math.addExact(position - position % tokens, tokens);
    }

    /**
     * Keeps a fork of a state as a snapshot. The state stays the caller's.
     *
     * <p>A turn end costs no memory, since its sequence is over. For a waypoint there has to be room for what the sequence
     * will have to copy as it goes on; to make it, snapshots are evicted that are worth no more than the new one, and
     * whatever a tenant has beyond its share if this tenant has less than that. A tenant's share is an equal part of what
     * running sequences leave of the budget; nobody loses, to another, what is within the own share.
     *
     * @param ids   the first {@code state.length()} of them are the ones that the state has computed
     * @return false if there is no room
     * @throws IllegalArgumentException if there are fewer ids, or none
     */
    public boolean insert(Scope scope, int[] ids, SequenceState state, SnapshotKind kind) {
        int position = state.length();
        if (position < 1 || position > ids.length) {
            throw new IllegalArgumentException(
                    "a snapshot of " + position + " positions needs as many ids, at least 1, but has " + ids.length);
        }
        Node node = tree.place(scope.namespace(), ids, position);
        Snapshot known = node.snapshot;
        if (known != null) {
            worth.touch(known);
            known.kind = kind == SnapshotKind.TURN_END ? kind : known.kind;
            return true;
        }
        node.reserved = true;
        boolean fits = makeRoomFor(scope, node, state, kind);
        node.reserved = false;
        if (fits) {
            take(node, new Snapshot(state.fork(), scope.tenant(), kind));
        } else {
            tree.prune(node);
            counts = counts.withRefused();
            publish();
        }
        return fits;
    }

    private boolean makeRoomFor(Scope scope, Node node, SequenceState state, SnapshotKind kind) {
        Node above = node.snapshotAbove();
        Snapshot shared = above == null ? null : above.snapshot;
        long own = state.bytes() - (shared == null ? 0 : state.sharedBytes(shared.state()));
        double newWorth = worth.ofNew(above, node.depth, kind, own);
        Victims victims = new Victims(scope.tenant(), share(scope.tenant()), newWorth, above);
        while (holders.size() >= options.snapshots()) {
            if (!evictOne(victims)) {
                return false;
            }
        }
        return makeRoom(kind == SnapshotKind.TURN_END ? 0 : own, victims);
    }

    private void take(Node node, Snapshot snapshot) {
        node.snapshot = snapshot;
        node.evicted = false;
        losers.remove(node);
        holders.add(node);
        worth.touch(snapshot);
        accounts.added(node);
        spacing.inserted();
        counts = counts.withInserted();
        forget();
        publish();
    }

    /**
     * Evicts snapshots until so many bytes more can be used, as {@link #insert} would for a tenant: nobody else loses
     * what is within the own share.
     *
     * @return false if that cannot be; nothing is evicted in vain as far as can be foreseen
     */
    public boolean makeRoom(long bytes, String tenant) {
        return makeRoom(bytes, new Victims(tenant, share(tenant), Double.POSITIVE_INFINITY, null));
    }

    /** Evicts snapshots, whosever they are, until so many bytes more can be used; the last means before refusing work. */
    public boolean makeRoom(long bytes) {
        return makeRoom(bytes, new Victims(null, 0, Double.POSITIVE_INFINITY, null));
    }

    private boolean makeRoom(long bytes, Victims victims) {
        if (missing(bytes) > 0) {
            long most = holders.stream()
                    .filter(node -> victims.allow(node, accounts, worth))
                    .mapToLong(node -> Accounts.snapshot(node).ownBytes)
                    .sum();
            if (missing(bytes) > most) {
                return false;
            }
        }
        while (missing(bytes) > 0) {
            if (!evictOne(victims)) {
                return false;
            }
        }
        return true;
    }

    private long missing(long bytes) {
        // Written so that nothing overflows where the limit is as high as can be.
        return bytes - (budget.limitBytes() - budget.usedBytes());
    }

    /** An equal part for each tenant of what running sequences leave. */
    private long share(String tenant) {
        long running = Math.max(0, budget.usedBytes() - accounts.bytes());
        long tenants = (long) accounts.tenants() + (accounts.bytes(tenant) > 0 ? 0 : 1);
        return Math.max(0, budget.limitBytes() - running) / tenants;
    }

    private boolean evictOne(Victims victims) {
        Node least = null;
        double leastWorth = Double.POSITIVE_INFINITY;
        for (Node node : holders) {
            if (victims.allow(node, accounts, worth)) {
                double nodeWorth = worth.of(node);
                if (nodeWorth < leastWorth) {
                    least = node;
                    leastWorth = nodeWorth;
                }
            }
        }
        if (least == null) {
            return false;
        }
        worth.evicted(leastWorth);
        counts = counts.withEvicted();
        spacing.evicted();
        least.evicted = true;
        losers.add(least);
        drop(least);
        forget();
        publish();
        return true;
    }

    private void drop(Node node) {
        Snapshot snapshot = Accounts.snapshot(node);
        node.snapshot = null;
        holders.remove(node);
        accounts.removed(node, snapshot);
        snapshot.state().close();
    }

    /** Forgets the eldest evicted snapshots once there are too many ids. */
    private void forget() {
        while (tree.ids() > options.rememberedIds() && !losers.isEmpty()) {
            Node eldest = losers.iterator().next();
            losers.remove(eldest);
            eldest.evicted = false;
            tree.prune(eldest);
        }
    }

    /** Forgets everything of a namespace, except for snapshots that are leased. */
    public void clear(String namespace) {
        Node root = tree.roots().get(namespace);
        for (Node node : root == null ? List.<Node>of() : TokenTree.places(root)) {
            node.evicted = false;
            losers.remove(node);
            Snapshot snapshot = node.snapshot;
            if (snapshot != null && snapshot.leases == 0) {
                drop(node);
            }
        }
        // Deepest first, so that what is above is seen without what was below.
        for (Node node : root == null ? List.<Node>of() : TokenTree.places(root).reversed()) {
            tree.prune(node);
        }
        publish();
    }

    /**
     * Verifies everything: the shape of the tree, the checksum of each snapshot, leases, accounts. It reads all memory of
     * all snapshots.
     *
     * @return what is wrong, in words; empty if nothing is
     */
    public List<String> check() {
        return new TreeCheck(tree, accounts).run(holders, losers, leases);
    }

    /** The places of each namespace; for tests. */
    Map<String, Node> roots() {
        return tree.roots();
    }

    /** What the tree holds and has done; for any thread. */
    public CacheStatus status() {
        return status;
    }

    private void publish() {
        status = newStatus();
    }

    private CacheStatus newStatus() {
        int pinned = (int) leases.stream().map(Lease::snapshot).distinct().count();
        return new CacheStatus(holders.size(), accounts.bytes(), pinned, tree.ids(), spacing.tokens(), counts);
    }

    /** Gives all memory back, leased or not; forks live on. */
    @Override
    public void close() {
        for (Node node : List.copyOf(holders)) {
            drop(node);
        }
        losers.clear();
        tree.clear();
        leases.clear();
        publish();
    }

    /**
     * Whose snapshots may be evicted for somebody.
     *
     * @param tenant for whom; null for the engine, which may take from all
     * @param share what each tenant may have, in bytes
     * @param below only what is worth no more
     * @param kept  not the one that the new one shares memory with
     */
    private record Victims(
            @Nullable String tenant,
            long share,
            double below,
            @Nullable Node kept) {
        boolean allow(Node node, Accounts accounts, Worth worth) {
            Snapshot snapshot = Accounts.snapshot(node);
            if (snapshot.leases > 0 || node == kept) {
                return false;
            }
            if (tenant == null) {
                return true;
            }
            boolean others = !snapshot.tenant().equals(tenant);
            boolean beyondShare = accounts.bytes(snapshot.tenant()) > share;
            if (others && !beyondShare) {
                return false;
            }
            boolean due = others && accounts.bytes(tenant) < share;
            return due || worth.of(node) <= below;
        }
    }
}
