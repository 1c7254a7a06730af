package dev.hadal.server.http;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Signs of life on a response that has nothing to say: the first after at most a second, for clients that wait for
 * the first byte, later ones whenever nothing was sent for the configured time. They are also how the server learns
 * that a client is gone when its system does not say so.
 */
final class Heartbeat implements AutoCloseable {
    private static final Duration FIRST = Duration.ofSeconds(1);

    private final ScheduledExecutorService clock;
    private final Reply reply;
    private final long everyNanos;
    private final Runnable beat;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private volatile @Nullable ScheduledFuture<?> next;

    private Heartbeat(ScheduledExecutorService clock, Reply reply, Duration every, Runnable beat) {
        this.clock = clock;
        this.reply = reply;
        this.everyNanos = every.toNanos();
        this.beat = beat;
    }

    static Heartbeat start(ScheduledExecutorService clock, Reply reply, Duration every, Runnable beat) {
        Heartbeat heartbeat = new Heartbeat(clock, reply, every, beat);
        heartbeat.scheduleIn(Math.min(FIRST.toNanos(), every.toNanos()), 0);
        return heartbeat;
    }

    private void scheduleIn(long nanos, long minimumQuiet) {
        next = clock.schedule(() -> wake(minimumQuiet), nanos, TimeUnit.NANOSECONDS);
    }

    private void wake(long minimumQuiet) {
        if (stopped.get() || reply.ended() || reply.left() != null) {
            return;
        }
        long quiet = reply.nanosSinceWrite();
        if (quiet < minimumQuiet) {
            scheduleIn(minimumQuiet - quiet, minimumQuiet);
            return;
        }
        // A write may block for as long as the client likes, so it is not for the clock's thread.
        Thread.ofVirtual().start(() -> {
            if (!stopped.get()) {
                beat.run();
                scheduleIn(everyNanos, everyNanos);
            }
        });
    }

    @Override
    public void close() {
        stopped.set(true);
        ScheduledFuture<?> pending = next;
        if (pending != null) {
            pending.cancel(false);
        }
    }
}
