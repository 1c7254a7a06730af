package dev.hadal.server.http;

import java.time.Duration;

/**
 * Everything a client can make the server spend, bounded (reliability.md 3.0). Each number can be configured, and
 * {@code hadal serve --print-config} lists them all.
 *
 * @param head of the request line and the headers
 * @param body of the request body
 * @param connections of connections
 * @param timing of the time that things may take
 * @param json of the JSON text in a body
 * @param fields of the fields of a request
 */
public record Limits(Head head, Body body, Connections connections, Timing timing, Json json, Fields fields) {
    /**
     * Before the body.
     *
     * @param lineBytes most bytes of the request line; beyond: 414
     * @param fieldBytes most bytes of one header; beyond: 431
     * @param totalBytes most bytes of all headers; beyond: 431
     * @param fields most headers; beyond: 431
     */
    public record Head(int lineBytes, int fieldBytes, int totalBytes, int fields) {
        /** 8 KiB, 16 KiB, 64 KiB, 100. */
        public static Head defaults() {
            return new Head(8 << 10, 16 << 10, 64 << 10, 100);
        }
    }

    /**
     * The body.
     *
     * @param maxBytes most bytes; beyond: 413
     * @param bytesPerSecond slowest pace at which a body may come; below: 408
     */
    public record Body(long maxBytes, int bytesPerSecond) {
        /** 32 MiB, 1 KiB a second. */
        public static Body defaults() {
            return new Body(32L << 20, 1 << 10);
        }
    }

    /**
     * Connections.
     *
     * @param total most open at a time; more are closed at once
     * @param perAddress most open from one address
     */
    public record Connections(int total, int perAddress) {
        /** 10,000; 256 from one address. */
        public static Connections defaults() {
            return new Connections(10_000, 256);
        }
    }

    /**
     * Time.
     *
     * @param headers from the first byte of a request to the end of its headers
     * @param idle on a connection without a request
     * @param writeStall for a client to take what was sent
     * @param keepAlive between two signs of life while a client waits; the first comes after at most a second
     */
    public record Timing(Duration headers, Duration idle, Duration writeStall, Duration keepAlive) {
        /** 10 s, 60 s, 30 s, 5 s. */
        public static Timing defaults() {
            return new Timing(
                    Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(5));
        }
    }

    /**
     * JSON text.
     *
     * @param depth most nesting
     * @param schemaDepth most nesting of the schemas of tools and answers
     * @param numberChars longest number
     * @param nameBytes longest key
     * @param keys most keys of one object
     */
    public record Json(int depth, int schemaDepth, int numberChars, int nameBytes, int keys) {
        /** 64, 256, 64, 1 KiB, 10,000. */
        public static Json defaults() {
            return new Json(64, 256, 64, 1 << 10, 10_000);
        }
    }

    /**
     * Fields of a request.
     *
     * @param messages most messages
     * @param parts most content parts of one message
     * @param tools most tools
     * @param stops most stop texts
     * @param stopBytes longest stop text
     * @param choices most answers to one request; {@code n}
     */
    public record Fields(int messages, int parts, int tools, int stops, int stopBytes, int choices) {
        /** Most entries of {@code logit_bias}. */
        public static final int LOGIT_BIAS = 1024;

        /** 100,000, 1,000, 512, 16 of 1 KiB, 8. */
        public static Fields defaults() {
            return new Fields(100_000, 1_000, 512, 16, 1 << 10, 8);
        }
    }

    /** The limits of reliability.md 3.0. */
    public static Limits defaults() {
        return new Limits(
                Head.defaults(),
                Body.defaults(),
                Connections.defaults(),
                Timing.defaults(),
                Json.defaults(),
                Fields.defaults());
    }

    /** These with other limits of the body. */
    public Limits withBody(Body other) {
        return new Limits(head, other, connections, timing, json, fields);
    }

    /** These with other limits of connections. */
    public Limits withConnections(Connections other) {
        return new Limits(head, body, other, timing, json, fields);
    }

    /** These with other times. */
    public Limits withTiming(Timing other) {
        return new Limits(head, body, connections, other, json, fields);
    }
}
