package dev.hadal.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** The body as it comes, never more of it than allowed and never slower. */
final class BodyReader extends InputStream {
    private static final int MARK = 0xEF;

    private final Request request;
    private final Limits.Body limits;
    private final Limits.Timing timing;
    private final BodyBudget.Hold hold;
    private final Runnable whenComplete;
    private final long started = System.nanoTime();
    private Content.@Nullable Chunk chunk;
    private long received;
    private boolean complete;
    private Reply.Copy copy = Reply.Copy.NONE;

    /**
     * @param timing a body may take as long as headers whatever its pace, and stand still as long as a connection
     * @param hold covers what comes; whoever keeps it releases it
     * @param whenComplete runs when nothing more of the request will come
     */
    BodyReader(Request request, Limits.Body limits, Limits.Timing timing, BodyBudget.Hold hold, Runnable whenComplete) {
        this.request = request;
        this.limits = limits;
        this.timing = timing;
        this.hold = hold;
        this.whenComplete = whenComplete;
    }

    /** Shows what is read to somebody else as well. */
    void copy(Reply.Copy other) {
        copy = other;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        while (true) {
            Content.Chunk current = chunk;
            if (current != null && current.hasRemaining()) {
                int read = current.get(into, offset, length);
                copy.passed(into, offset, read);
                return read;
            }
            if (current != null) {
                release(current);
            }
            if (complete) {
                return -1;
            }
            chunk = next();
        }
    }

    private void release(Content.Chunk current) {
        if (current.isLast()) {
            complete = true;
            whenComplete.run();
        }
        current.release();
        chunk = null;
    }

    private Content.Chunk next() throws IOException {
        Content.Chunk next = request.read();
        while (next == null) {
            await();
            next = request.read();
        }
        if (Content.Chunk.isFailure(next)) {
            complete = true;
            throw refused(next.getFailure());
        }
        if (received == 0 && next.hasRemaining() && beginsWithMark(next)) {
            next.release();
            throw HttpException.badRequest("the body begins with a byte-order mark; send UTF-8 without one");
        }
        received += next.remaining();
        if (received > limits.maxBytes()) {
            next.release();
            complete = true;
            throw tooLarge(limits.maxBytes());
        }
        cover(next);
        return next;
    }

    /** Takes memory for what came without having been announced, a step at a time. */
    private void cover(Content.Chunk next) {
        long steps = (received + BodyBudget.SMALL_BYTES - 1) / BodyBudget.SMALL_BYTES;
        long most = request.getLength() < 0 ? limits.maxBytes() : request.getLength();
        try {
            hold.cover(Math.min(steps * BodyBudget.SMALL_BYTES, most));
        } catch (HttpException e) {
            next.release();
            complete = true;
            throw e;
        }
    }

    /** JSON begins with ASCII; a byte-order mark would be read by some and stumbled over by others. */
    private static boolean beginsWithMark(Content.Chunk first) {
        return (first.getByteBuffer().get(first.getByteBuffer().position()) & 0xFF) == MARK;
    }

    private void await() throws IOException {
        CompletableFuture<@Nullable Void> more = new CompletableFuture<>();
        request.demand(() -> more.complete(null));
        long allowed = timing.headers().toNanos() + TimeUnit.SECONDS.toNanos(received) / limits.bytesPerSecond();
        try {
            more.get(Math.max(1, allowed - (System.nanoTime() - started)), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            complete = true;
            throw late("the body came slower than " + limits.bytesPerSecond() + " bytes a second");
        } catch (ExecutionException e) {
            throw new IOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static HttpException late(String reason) {
        return HttpException.of(408, reason + "; it was given up").closing();
    }

    private IOException refused(Throwable cause) {
        if (cause instanceof TimeoutException) {
            // The connection was idle, however fast the body began.
            throw late("nothing of the body came for " + timing.idle().toSeconds() + " s");
        }
        if (cause instanceof org.eclipse.jetty.http.HttpException bad) {
            throw HttpException.of(bad.getCode(), "the body is not framed as HTTP requires")
                    .closing();
        }
        return new IOException("the client broke the body off", cause);
    }

    static HttpException tooLarge(long limit) {
        return HttpException.of(413, "the body is larger than " + limit + " bytes, the most that is accepted")
                .closing();
    }
}
