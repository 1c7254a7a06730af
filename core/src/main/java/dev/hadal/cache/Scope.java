package dev.hadal.cache;

/**
 * Whose prefix it is.
 *
 * @param namespace prefixes are found only in the namespace in which they were put; to share is to use the same one
 * @param tenant who pays for the memory
 */
public record Scope(String namespace, String tenant) {}
