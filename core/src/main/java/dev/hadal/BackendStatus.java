package dev.hadal;

/**
 * How a {@link ChatBackend} fares at one moment.
 *
 * @param healthy whether it can be expected to answer
 * @param problem why not; empty if healthy
 * @param running answers being generated
 * @param waiting answers that wait for their turn
 * @param stateBytes memory of all sequences, cached ones included
 */
public record BackendStatus(boolean healthy, String problem, int running, int waiting, long stateBytes) {}
