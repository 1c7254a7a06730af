package dev.hadal.server.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.io.Connection;

/** The open connections: how many there may be, from one address as well, and how long their headers may take. */
final class OpenConnections implements Connection.Listener {
    private static final long LOOK_MILLIS = 250;

    private final Limits.Connections limits;
    private final Duration headers;
    /** Each with its address, which a closed connection no longer knows. */
    private final Map<WatchedEndPoint, Object> open = new ConcurrentHashMap<>();

    private final Map<Object, Integer> byAddress = new ConcurrentHashMap<>();
    private final AtomicInteger total = new AtomicInteger();
    private final LongAdder refused = new LongAdder();
    private final LongAdder late = new LongAdder();

    OpenConnections(Limits limits) {
        this.limits = limits.connections();
        this.headers = limits.timing().headers();
    }

    void watchHeaders(ScheduledExecutorService clock) {
        var _ = clock.scheduleWithFixedDelay(this::closeLate, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void onOpened(Connection connection) {
        if (!(connection.getEndPoint() instanceof WatchedEndPoint endPoint)) {
            return;
        }
        Object address = address(endPoint);
        open.put(endPoint, address);
        int ofAddress = byAddress.merge(address, 1, Integer::sum);
        if (total.incrementAndGet() > limits.total() || ofAddress > limits.perAddress()) {
            refused.increment();
            endPoint.close(null);
        }
    }

    @Override
    public void onClosed(Connection connection) {
        if (connection.getEndPoint() instanceof WatchedEndPoint endPoint) {
            Object address = open.remove(endPoint);
            if (address != null) {
                total.decrementAndGet();
                byAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    /** How many are open. */
    int count() {
        return total.get();
    }

    /** How many addresses have one open. */
    int addresses() {
        return byAddress.size();
    }

    /** How many were closed at once because of a limit. */
    long refused() {
        return refused.sum();
    }

    /** How many were closed because their headers took too long. */
    long late() {
        return late.sum();
    }

    /** Closes those that no request is running on. */
    void closeIdle() {
        open.keySet().stream().filter(endPoint -> !endPoint.isBusy()).forEach(endPoint -> endPoint.close(null));
    }

    private void closeLate() {
        long limit = headers.toNanos();
        for (WatchedEndPoint endPoint : open.keySet()) {
            if (endPoint.isHeadLate(limit)) {
                late.increment();
                endPoint.close(null);
            }
        }
    }

    private static Object address(WatchedEndPoint endPoint) {
        return endPoint.getRemoteSocketAddress() instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress()
                : "unknown";
    }
}
