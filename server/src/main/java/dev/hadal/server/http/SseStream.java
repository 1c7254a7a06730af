package dev.hadal.server.http;

import java.nio.charset.StandardCharsets;

/**
 * A response of server-sent events. Comments keep it alive while there is nothing to send; writes block while the
 * client does not read, and fail with {@link ClientGoneException} when it left or stalls.
 */
public final class SseStream implements AutoCloseable {
    private static final byte[] NOTHING = {};

    private final Reply reply;
    private final Heartbeat heartbeat;
    private volatile byte[] sign = ": keep-alive\n\n".getBytes(StandardCharsets.UTF_8);

    SseStream(Exchange exchange, Reply reply) {
        this.reply = reply;
        reply.prepare(200, "text/event-stream");
        reply.header("Cache-Control", "no-cache");
        reply.header("X-Accel-Buffering", "no");
        reply.write(NOTHING, false);
        this.heartbeat = exchange.heartbeat(() -> reply.beat(sign));
    }

    /** Sends an event without a name. */
    public void data(String json) {
        send("data: " + line(json) + "\n\n");
    }

    /** Sends a named event. */
    public void event(String name, String json) {
        send("event: " + line(name) + "\ndata: " + line(json) + "\n\n");
    }

    /** Sends a comment, which clients ignore. */
    public void comment(String text) {
        send(": " + line(text) + "\n\n");
    }

    /** Keeps the stream alive with a named event from now on instead of comments. */
    void keepAliveWith(String name, String json) {
        sign = ("event: " + line(name) + "\ndata: " + line(json) + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Whether events still reach somebody. */
    public boolean open() {
        return !reply.ended() && reply.left() == null;
    }

    /** Ends the stream; closing again does nothing. */
    @Override
    public void close() {
        heartbeat.close();
        if (!reply.ended()) {
            reply.write(NOTHING, true);
        }
    }

    private void send(String frame) {
        reply.write(frame.getBytes(StandardCharsets.UTF_8), false);
    }

    private static String line(String text) {
        if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
            throw new IllegalArgumentException("an event's data must be one line");
        }
        return text;
    }
}
