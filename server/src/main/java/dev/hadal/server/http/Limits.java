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
     * @param inFlightBytes most bytes of the bodies of all requests together; beyond: 503. An eighth is kept for bodies of
     *     up to 64 KiB
     * @param tenantPercent what a tenant with more than one body may take of what other tenants leave; beyond: 429
     */
    public record Body(long maxBytes, int bytesPerSecond, long inFlightBytes, int tenantPercent) {
        private static final int HEAP_SHARE = 8;
        private static final int ALL = 100;

        /** Checks that the largest body fits. */
        public Body {
            if (inFlightBytes < leastInFlight(maxBytes)) {
                throw new IllegalArgumentException("bodies of " + maxBytes + " bytes take at least "
                        + leastInFlight(maxBytes) + " bytes in flight, but " + inFlightBytes + " are allowed");
            }
            if (tenantPercent < 1 || tenantPercent > ALL) {
                throw new IllegalArgumentException("a share is from 1 to 100 percent, but is " + tenantPercent);
            }
        }

        /** 32 MiB, 1 KiB a second, an eighth of the heap, all of it for one tenant. */
        public static Body defaults() {
            return of(32L << 20, 1 << 10);
        }

        /** With an eighth of the heap for the bodies of all requests, whoever sends them. */
        public static Body of(long maxBytes, int bytesPerSecond) {
            return new Body(maxBytes, bytesPerSecond, usualInFlight(maxBytes), ALL);
        }

        /** An eighth of the heap, but as much as one body of the largest size takes. */
        public static long usualInFlight(long maxBytes) {
            return Math.max(Runtime.getRuntime().maxMemory() / HEAP_SHARE, leastInFlight(maxBytes));
        }

        /** The fewest bytes in flight of which one body of the largest size can be taken. */
        public static long leastInFlight(long maxBytes) {
            return BodyBudget.leastFor(maxBytes);
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
     * @param idle on a connection without a request, and without anything more of a body that has begun
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
