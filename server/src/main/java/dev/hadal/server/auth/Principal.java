package dev.hadal.server.auth;

import java.util.Set;

/**
 * Who sent a request.
 *
 * @param name the key's name as in the key file; what usage is recorded under
 * @param tenant whose fair share of the machine is used; several keys may belong to one tenant
 * @param rights what the caller may do
 */
public record Principal(String name, String tenant, Set<Right> rights) {
    private static final String NOBODY = "anonymous";

    /** Keeps the rights as they are now. */
    public Principal {
        rights = Set.copyOf(rights);
    }

    /** Everybody, where keys are off: may do everything. */
    public static Principal anonymous() {
        return new Principal(NOBODY, NOBODY, Set.of(Right.values()));
    }

    /** Whether the caller may do it. */
    public boolean may(Right right) {
        return rights.contains(right);
    }

    /** The name under which the prefix cache keeps what this caller's prompts left; nobody else's hits come from it. */
    public String cacheNamespace() {
        return name;
    }
}
