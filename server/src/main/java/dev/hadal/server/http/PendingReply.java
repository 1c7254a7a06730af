package dev.hadal.server.http;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A JSON response that takes a while. Blank lines, which JSON allows, are sent ahead from the first second on; from
 * then on the status is 200, whatever comes.
 */
public final class PendingReply implements AutoCloseable {
    private static final byte[] BLANK = "\n".getBytes(StandardCharsets.US_ASCII);

    private final Reply reply;
    private final Heartbeat heartbeat;
    private final ReentrantLock turn = new ReentrantLock();
    private boolean begun;

    PendingReply(Exchange exchange, Reply reply) {
        this.reply = reply;
        this.heartbeat = exchange.heartbeat(this::beat);
    }

    private void beat() {
        if (turn.tryLock()) {
            try {
                if (!begun && !reply.ended()) {
                    reply.prepare(200, Exchange.JSON);
                    // A proxy that collects the body would keep the blank lines to itself.
                    reply.header("X-Accel-Buffering", "no");
                    begun = true;
                }
                reply.beat(BLANK);
            } finally {
                turn.unlock();
            }
        }
    }

    /** Sends the body and ends the response. The status is told only if no blank line has gone out. */
    public void finish(int status, byte[] json) {
        heartbeat.close();
        turn.lock();
        try {
            if (begun) {
                reply.write(json, true);
            } else {
                reply.send(status, Exchange.JSON, json);
            }
        } finally {
            turn.unlock();
        }
    }

    /** Whether somebody still waits for the body. */
    public boolean open() {
        return !reply.ended() && reply.left() == null;
    }

    /** Stops the blank lines; the response itself is ended by {@link #finish} or by what the handler throws. */
    @Override
    public void close() {
        heartbeat.close();
    }
}
