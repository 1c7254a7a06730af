package dev.hadal.server.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The response of one exchange. Each write waits until the client's system has taken the bytes, so that a connection
 * never holds more than one write, and gives up after the stall limit.
 */
final class Reply {
    /** How long and how much of a refused body is thrown away, so that the client gets to see the refusal. */
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long DRAIN_BYTES = 4L << 20;

    /** Sees bytes that pass. */
    @FunctionalInterface
    interface Copy {
        /** Looks away. */
        Copy NONE = (bytes, offset, length) -> {};

        void passed(byte[] bytes, int offset, int length);
    }

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Duration stall;
    private final ReentrantLock turn = new ReentrantLock();
    private final List<Runnable> goneHooks = new ArrayList<>();
    private volatile long lastWrite = System.nanoTime();
    private volatile boolean ended;
    private volatile @Nullable Throwable left;
    private volatile @Nullable Throwable gone;
    /** The status that was sent; the library forgets it with the connection. 0 before. */
    private volatile int sentStatus;

    private long bytes;
    private Copy copy = Copy.NONE;

    Reply(Request request, Response response, Callback callback, Duration stall) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.stall = stall;
    }

    /** Adds a header; too late once the response has begun. */
    void header(String name, String value) {
        response.getHeaders().put(name, value);
    }

    /** Whether the status line is on its way. */
    boolean begun() {
        return sentStatus != 0 || response.isCommitted();
    }

    boolean ended() {
        return ended;
    }

    int status() {
        return sentStatus == 0 ? response.getStatus() : sentStatus;
    }

    long bytes() {
        return bytes;
    }

    long nanosSinceWrite() {
        return System.nanoTime() - lastWrite;
    }

    /** Why the client is taken to have left; null while it is there. */
    @Nullable
    Throwable left() {
        return left;
    }

    /** Shows what is sent to somebody else as well. */
    void copy(Copy other) {
        copy = other;
    }

    /** Lets the connection end with this response. */
    void closeAfter() {
        if (!begun()) {
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
        }
    }

    /** Sends a whole response. */
    void send(int status, String contentType, byte[] body) {
        prepare(status, contentType);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        write(body, true);
    }

    /** Sets what the first write will send ahead. */
    void prepare(int status, String contentType) {
        response.setStatus(status);
        if (!contentType.isEmpty()) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        }
    }

    /** Sends bytes and waits until they are taken. */
    void write(byte[] content, boolean last) {
        turn.lock();
        try {
            if (!tryWrite(content, last)) {
                throw new IllegalStateException("the response is complete");
            }
        } finally {
            turn.unlock();
        }
    }

    /** Sends a sign of life unless a write is under way, which is one, or the response is complete. */
    void beat(byte[] content) {
        if (turn.tryLock()) {
            try {
                tryWrite(content, false);
            } catch (ClientGoneException _) {
                // Whoever waits for the client has been told by the hooks.
            } finally {
                turn.unlock();
            }
        }
    }

    private boolean tryWrite(byte[] content, boolean last) {
        Throwable broken = gone;
        if (broken != null) {
            throw new ClientGoneException(broken);
        }
        if (ended) {
            return false;
        }
        CompletableFuture<@Nullable Void> taken = new CompletableFuture<>();
        response.write(
                last,
                ByteBuffer.wrap(content),
                Callback.from(() -> taken.complete(null), taken::completeExceptionally));
        try {
            taken.get(stall.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            disconnect(new IOException("nothing was taken for " + stall.toSeconds() + " s", e));
        } catch (ExecutionException e) {
            disconnect(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            disconnect(e);
        }
        broken = gone;
        if (broken != null) {
            throw new ClientGoneException(broken);
        }
        if (sentStatus == 0) {
            sentStatus = response.getStatus();
        }
        bytes += content.length;
        copy.passed(content, 0, content.length);
        lastWrite = System.nanoTime();
        if (last) {
            ended = true;
            drain();
            callback.succeeded();
        }
        return true;
    }

    /** Throws away some of a body that nobody wants: closing at once would take the answer away from the client. */
    private void drain() {
        long until = System.nanoTime() + DRAIN_NANOS;
        long drained = 0;
        while (drained < DRAIN_BYTES && System.nanoTime() < until) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                CompletableFuture<@Nullable Void> more = new CompletableFuture<>();
                try {
                    // Refused if somebody has stopped to wait for a body that does not come: neither does this.
                    request.demand(() -> more.complete(null));
                    more.get(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException | ExecutionException | TimeoutException | RuntimeException e) {
                    return;
                }
                continue;
            }
            drained += chunk.remaining();
            boolean over = chunk.isLast() || Content.Chunk.isFailure(chunk);
            chunk.release();
            if (over) {
                return;
            }
        }
    }

    /**
     * The client has closed its side: hooks run, once. An answer that is ready is sent all the same, for the few that
     * only say that they have asked all they want.
     */
    void leave(Throwable cause) {
        List<Runnable> hooks;
        synchronized (goneHooks) {
            if (left != null || ended) {
                return;
            }
            left = cause;
            hooks = List.copyOf(goneHooks);
            goneHooks.clear();
        }
        hooks.forEach(Runnable::run);
    }

    /** Gives the connection up: hooks run, once, and later writes fail. */
    void disconnect(Throwable cause) {
        leave(cause);
        synchronized (goneHooks) {
            if (gone != null || ended) {
                return;
            }
            gone = cause;
        }
        // The library logs other exceptions than its own with their whole trace.
        callback.failed(new EofException(cause));
        request.getConnectionMetaData().getConnection().getEndPoint().close(cause);
    }

    /** Runs something when the client leaves before the response is complete; at once if it has left already. */
    void onGone(Runnable hook) {
        synchronized (goneHooks) {
            if (left == null) {
                goneHooks.add(hook);
                return;
            }
        }
        hook.run();
    }
}
