package dev.hadal.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a request comes from, and what that entitles it to.
 *
 * @param tenant whose share of the machine it uses; tenants are served equally
 * @param namespace whose remembered prefixes it may reuse and adds to; prefixes never cross namespaces
 * @param priority higher goes first among one tenant's requests and counts for less, by a factor of 4 for each step,
 *     in its tenant's share; -8 to 8, usually 0
 * @param deadline how long after it was submitted it ends, finished or not; null for no limit
 * @param label what events call it
 */
public record Origin(
        String tenant,
        String namespace,
        int priority,
        @Nullable Duration deadline,
        String label) {
    private static final int MOST_PRIORITY = 8;
    private static final Origin LOCAL = new Origin("local", "local", 0, null, "");

    /** Checks the values. */
    public Origin {
        if (priority < -MOST_PRIORITY || priority > MOST_PRIORITY) {
            throw new IllegalArgumentException(
                    "priority must be from " + -MOST_PRIORITY + " to " + MOST_PRIORITY + ", but is " + priority);
        }
        if (deadline != null && !deadline.isPositive()) {
            throw new IllegalArgumentException("a deadline must lie ahead, but is " + deadline);
        }
    }

    /** The only user of this process. */
    public static Origin local() {
        return LOCAL;
    }

    /** This one as another tenant, in a namespace of its own. */
    public Origin withTenant(String other) {
        return new Origin(other, other, priority, deadline, label);
    }

    /** This one in another namespace. */
    public Origin withNamespace(String other) {
        return new Origin(tenant, other, priority, deadline, label);
    }

    /** This one with another priority. */
    public Origin withPriority(int other) {
        return new Origin(tenant, namespace, other, deadline, label);
    }

    /** This one with another deadline. */
    public Origin withDeadline(@Nullable Duration other) {
        return new Origin(tenant, namespace, priority, other, label);
    }

    /** This one with another label. */
    public Origin withLabel(String other) {
        return new Origin(tenant, namespace, priority, deadline, other);
    }
}
