package dev.hadal;

import dev.hadal.engine.Origin;
import java.time.Duration;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf a call is made.
 *
 * @param tenant whose share of the machine it takes; calls of one tenant wait for each other before others do
 * @param cacheNamespace what it may reuse: prefixes and sampled tokens are found within one namespace only
 * @param priority larger is sooner; 0 is normal
 * @param timeLimit longest time from the call to its end; null for none
 * @param label names the call in events and messages; may be empty
 * @param toolCallIds gives the id of the tool call with an index, counted from 0 in each answer; called once for each
 *     call, and should give ids that nobody can guess where answers of several users meet
 */
public record CallContext(
        String tenant,
        String cacheNamespace,
        int priority,
        @Nullable Duration timeLimit,
        String label,
        IntFunction<String> toolCallIds) {
    private static final CallContext LOCAL = new CallContext("", "", 0, null, "", index -> "call_" + index);

    /** Checks the time. */
    public CallContext {
        if (timeLimit != null && (timeLimit.isNegative() || timeLimit.isZero())) {
            throw new IllegalArgumentException("the time limit must be positive, but is " + timeLimit);
        }
    }

    /** The user of the library: nobody to share with, and tool calls called {@code call_0}, {@code call_1} and so on. */
    public static CallContext local() {
        return LOCAL;
    }

    /** This for another tenant with a cache of its own. */
    public CallContext withTenant(String other, String namespace) {
        return new CallContext(other, namespace, priority, timeLimit, label, toolCallIds);
    }

    /** This with another priority. */
    public CallContext withPriority(int other) {
        return new CallContext(tenant, cacheNamespace, other, timeLimit, label, toolCallIds);
    }

    /** This with another time limit. */
    public CallContext withTimeLimit(Duration other) {
        return new CallContext(tenant, cacheNamespace, priority, other, label, toolCallIds);
    }

    /** This with another label. */
    public CallContext withLabel(String other) {
        return new CallContext(tenant, cacheNamespace, priority, timeLimit, other, toolCallIds);
    }

    /** This with other ids for tool calls. */
    public CallContext withToolCallIds(IntFunction<String> other) {
        return new CallContext(tenant, cacheNamespace, priority, timeLimit, label, other);
    }

    /** The same for the engine. */
    Origin origin() {
        return new Origin(tenant, cacheNamespace, priority, timeLimit, label);
    }
}
