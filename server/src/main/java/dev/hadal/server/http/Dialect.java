package dev.hadal.server.http;

/** Whose clients a route is for, which decides the shape of its errors (api.md 9.1 and 10.6). */
public enum Dialect {
    /** An {@code error} object, as the hosted service sends. */
    OPENAI,
    /** The same with the type and the request id around it that Anthropic's clients look for. */
    ANTHROPIC
}
