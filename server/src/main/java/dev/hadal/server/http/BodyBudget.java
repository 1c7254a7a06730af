package dev.hadal.server.http;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * The memory that the bodies of all requests take together: each from when its length is known, or as it comes, until it
 * is let go of. Nobody waits for it; what does not fit is refused.
 *
 * <p>What is made of a body takes many times its bytes for as long as it is being made (its tree, and the work of its
 * longest word in the tokenizer, forty times), so large bodies that have come take turns.
 *
 * <p>An eighth is kept for small bodies, so that large ones never keep them out. Who holds a body already leaves room for
 * other tenants; a first body is taken wherever it fits.
 */
final class BodyBudget {
    /** What is small. A body of unknown length takes as much at a time. */
    static final int SMALL_BYTES = 64 << 10;

    /** Up to here a body takes no turn: as many as there are processors are at work, and are no matter. */
    private static final int UNTURNED_BYTES = 256 << 10;
    /** Of the heap, for the bodies at work: with forty times as much they take more than half of it. */
    private static final int HEAP_PART = 64;

    private static final int PARTS = 8;
    private static final int PERCENT = 100;
    /** Until a prompt has been made of a body. */
    private static final Duration SOON = Duration.ofSeconds(2);

    private final long limit;
    private final int tenantPercent;
    private final int most;
    private final Semaphore turns;
    private final Map<String, Long> byTenant = new HashMap<>();
    private long held;
    private long refused;

    /** The budget that the limits give. */
    BodyBudget(Limits.Body limits) {
        this(limits, Runtime.getRuntime().maxMemory() / HEAP_PART);
    }

    /** Such a budget, with so many bytes at work at a time; a larger body is at work alone. */
    BodyBudget(Limits.Body limits, long atWork) {
        this.most = Math.clamp(atWork, 1, Integer.MAX_VALUE);
        this.turns = new Semaphore(most, true);
        this.limit = limits.inFlightBytes();
        this.tenantPercent = limits.tenantPercent();
    }

    /** What of so many bytes may be taken by bodies that are not small. */
    static long forLarge(long bytes) {
        return bytes - bytes / PARTS;
    }

    /** The fewest bytes of which a body of so many may be taken. */
    static long leastFor(long body) {
        long least = body + body / (PARTS - 1);
        return forLarge(least) < body ? least + 1 : least;
    }

    /** The part of one body, nothing yet. */
    Hold hold(String tenant) {
        return new Hold(tenant);
    }

    /** Bytes that are taken. */
    synchronized long heldBytes() {
        return held;
    }

    /** Most bytes that are ever taken. */
    long limitBytes() {
        return limit;
    }

    /** How many bodies did not fit. */
    synchronized long refused() {
        return refused;
    }

    /** The part of one body. */
    final class Hold {
        private final String tenant;
        private long bytes;
        private int turn;
        private boolean released;

        private Hold(String tenant) {
            this.tenant = tenant;
        }

        /**
         * Takes what is missing to so many bytes.
         *
         * @throws HttpException if it does not fit: 503, or 429 if it would without the tenant's other bodies
         */
        void cover(long total) {
            synchronized (BodyBudget.this) {
                if (released) {
                    throw new IllegalStateException("the body has been let go of");
                }
                long missing = total - bytes;
                if (missing > 0) {
                    require(missing, total <= SMALL_BYTES ? limit : forLarge(limit));
                    take(missing);
                }
            }
        }

        private void require(long missing, long capacity) {
            long own = byTenant.getOrDefault(tenant, 0L);
            if (held + missing > capacity) {
                refused++;
                throw refusal(
                        503,
                        "the bodies of requests in flight take " + held + " bytes, with this one it would be "
                                + (held + missing) + ", at most " + capacity + " may");
            }
            long share = (capacity - (held - own)) * tenantPercent / PERCENT;
            if (own > bytes && own + missing > share) {
                refused++;
                throw refusal(
                        429,
                        "the bodies of this tenant's requests in flight take " + own
                                + " bytes, with this one it would be " + (own + missing) + ", its share is " + share);
            }
        }

        /** Waits until the body, which has come, may be worked on. Its release ends that. */
        void awaitTurn() throws InterruptedException {
            if (bytes > UNTURNED_BYTES && turn == 0) {
                int needed = (int) Math.min(bytes, most);
                turns.acquire(needed);
                turn = needed;
            }
        }

        /** Gives back what was taken; once. */
        void release() {
            turns.release(turn);
            turn = 0;
            synchronized (BodyBudget.this) {
                take(-bytes);
                released = true;
            }
        }

        private void take(long more) {
            bytes += more;
            held += more;
            byTenant.merge(tenant, more, Long::sum);
            byTenant.remove(tenant, 0L);
        }

        private static HttpException refusal(int status, String message) {
            return HttpException.of(status, message + "; try again later")
                    .retryAfter(SOON)
                    .closing();
        }
    }
}
