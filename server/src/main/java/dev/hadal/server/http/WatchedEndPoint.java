package dev.hadal.server.http;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ReadPendingException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A connection that notices when its client leaves while a response is under way, and when headers take too long.
 *
 * <p>The HTTP library does not look at a connection between the end of a request and the end of its response. This
 * stands between the two: while nobody reads, it waits for the connection to become readable. If that is the end, the
 * client has left. (A client that only closes its sending side is taken to have left as well, as by other servers.)
 * If it is the next request, its first bytes are kept for whoever reads next.
 */
final class WatchedEndPoint implements EndPoint, EndPoint.Wrapper {
    private static final int EARLY_BYTES = 4096;

    private final EndPoint endPoint;
    private final Object lock = new Object();
    private @Nullable Callback consumer;
    private @Nullable Consumer<Throwable> watcher;
    private @Nullable ByteBuffer early;
    private boolean armed;
    private boolean over;
    private boolean served;
    private boolean busy;
    private long headStarted;

    WatchedEndPoint(EndPoint endPoint) {
        this.endPoint = endPoint;
    }

    // --- Watching ---------------------------------------------------------------------------------------------------

    /** Calls back, once, when the client leaves; until {@link #requestEnded}. */
    void watch(Consumer<Throwable> gone) {
        boolean left;
        synchronized (lock) {
            left = over;
            watcher = left ? null : gone;
        }
        if (left) {
            gone.accept(new EOFException("the client closed the connection"));
        } else {
            arm();
        }
    }

    /** The headers of a request are complete. */
    void requestBegan() {
        synchronized (lock) {
            served = true;
            busy = true;
            headStarted = 0;
        }
    }

    /** The response is complete; what comes next is another request. */
    void requestEnded() {
        synchronized (lock) {
            watcher = null;
            busy = false;
        }
    }

    /** Whether a request is being answered. */
    boolean isBusy() {
        synchronized (lock) {
            return busy;
        }
    }

    /** Whether headers began to come and did not end within a time; with a handshake before them, since the start. */
    boolean isHeadLate(long limitNanos) {
        synchronized (lock) {
            long began = headStarted;
            if (began == 0 && !served && isSecure()) {
                return System.currentTimeMillis() - getCreatedTimeStamp() > limitNanos / 1_000_000;
            }
            return began != 0 && System.nanoTime() - began > limitNanos;
        }
    }

    private void arm() {
        synchronized (lock) {
            if (armed || over || early != null) {
                return;
            }
            armed = true;
        }
        Callback readable = Callback.from(this::readable, this::unreadable);
        if (!endPoint.tryFillInterested(readable)) {
            synchronized (lock) {
                armed = false;
            }
        }
    }

    private void readable() {
        Callback reader;
        Consumer<Throwable> told = null;
        Throwable cause = null;
        synchronized (lock) {
            armed = false;
            reader = consumer;
            consumer = null;
            if (reader == null && watcher != null) {
                cause = readEarly();
                told = cause == null ? null : watcher;
                watcher = cause == null ? watcher : null;
            }
        }
        if (reader != null) {
            reader.succeeded();
        } else if (told != null && cause != null) {
            told.accept(cause);
        } else if (isWatchedOnly()) {
            arm();
        }
    }

    private boolean isWatchedOnly() {
        synchronized (lock) {
            return watcher != null && early == null && consumer == null;
        }
    }

    /** Takes what came before its time; the cause if it was the end. */
    private @Nullable Throwable readEarly() {
        ByteBuffer buffer = BufferUtil.allocate(EARLY_BYTES);
        try {
            int count = endPoint.fill(buffer);
            if (count < 0) {
                over = true;
                return new EOFException("the client closed the connection");
            }
            early = count > 0 ? buffer : null;
            return null;
        } catch (IOException e) {
            over = true;
            return e;
        }
    }

    private void unreadable(Throwable cause) {
        Callback reader;
        Consumer<Throwable> told;
        boolean again;
        synchronized (lock) {
            armed = false;
            reader = consumer;
            consumer = null;
            // A client that waits in silence is idle, not gone.
            again = reader == null && watcher != null && cause instanceof TimeoutException && isOpen();
            told = again ? null : watcher;
            watcher = again ? watcher : null;
        }
        if (reader != null) {
            reader.failed(cause);
        } else if (again) {
            arm();
        } else if (told != null) {
            told.accept(cause);
        }
    }

    // --- Reading ----------------------------------------------------------------------------------------------------

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        int count;
        synchronized (lock) {
            ByteBuffer kept = early;
            if (kept == null) {
                count = endPoint.fill(buffer);
            } else {
                count = BufferUtil.append(buffer, kept);
                early = kept.hasRemaining() ? kept : null;
            }
            if (count > 0 && !busy && headStarted == 0) {
                headStarted = System.nanoTime();
            }
        }
        return count;
    }

    @Override
    public void fillInterested(Callback callback) {
        if (!tryFillInterested(callback)) {
            throw new ReadPendingException();
        }
    }

    @Override
    public boolean tryFillInterested(Callback callback) {
        boolean now;
        synchronized (lock) {
            if (consumer != null) {
                return false;
            }
            now = early != null || over;
            consumer = now ? null : callback;
        }
        if (now) {
            Thread.ofVirtual().start(callback::succeeded);
        } else {
            arm();
        }
        return true;
    }

    @Override
    public boolean isFillInterested() {
        synchronized (lock) {
            return consumer != null;
        }
    }

    // --- As the connection underneath -------------------------------------------------------------------------------

    @Override
    public EndPoint unwrap() {
        return endPoint;
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return endPoint.getLocalSocketAddress();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return endPoint.getRemoteSocketAddress();
    }

    @Override
    public boolean isOpen() {
        return endPoint.isOpen();
    }

    @Override
    public long getCreatedTimeStamp() {
        return endPoint.getCreatedTimeStamp();
    }

    @Override
    public void shutdownOutput() {
        endPoint.shutdownOutput();
    }

    @Override
    public boolean isOutputShutdown() {
        return endPoint.isOutputShutdown();
    }

    @Override
    public boolean isInputShutdown() {
        return endPoint.isInputShutdown();
    }

    @Override
    public void close(@Nullable Throwable cause) {
        endPoint.close(cause);
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        return endPoint.flush(buffers);
    }

    @Override
    public Object getTransport() {
        return endPoint.getTransport();
    }

    @Override
    public long getIdleTimeout() {
        return endPoint.getIdleTimeout();
    }

    @Override
    public void setIdleTimeout(long millis) {
        endPoint.setIdleTimeout(millis);
    }

    @Override
    public void write(Callback callback, ByteBuffer... buffers) {
        endPoint.write(callback, buffers);
    }

    @Override
    public void write(boolean last, ByteBuffer buffer, Callback callback) {
        endPoint.write(last, buffer, callback);
    }

    @Override
    public Callback cancelWrite(Throwable cause) {
        return endPoint.cancelWrite(cause);
    }

    @Override
    public Connection getConnection() {
        return endPoint.getConnection();
    }

    @Override
    public void setConnection(Connection connection) {
        endPoint.setConnection(connection);
    }

    @Override
    public void onOpen() {
        endPoint.onOpen();
    }

    @Override
    public void onClose(Throwable cause) {
        endPoint.onClose(cause);
    }

    @Override
    public void upgrade(Connection connection) {
        endPoint.upgrade(connection);
    }

    @Override
    public EndPoint.SslSessionData getSslSessionData() {
        return endPoint.getSslSessionData();
    }

    @Override
    public boolean isSecure() {
        return endPoint.isSecure();
    }
}
