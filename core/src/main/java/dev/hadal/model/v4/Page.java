package dev.hadal.model.v4;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A piece of what sequences remember. Several may own it; then nobody writes to it. */
final class Page {
    final byte[] data;
    /** The same memory as floats. */
    final FloatBuffer floats;

    private final AtomicInteger owners = new AtomicInteger(1);

    Page(byte[] data) {
        this.data = data;
        this.floats = ByteBuffer.wrap(data).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    /** Bytes that two have in common if they are one; either may be missing. */
    static long shared(@Nullable Page page, @Nullable Page other) {
        return page != null && page == other ? page.data.length : 0;
    }

    /** Zeros again, and one owner, for the next who takes it. */
    Page renew() {
        Arrays.fill(data, (byte) 0);
        owners.set(1);
        return this;
    }

    /** One more owner. */
    Page share() {
        owners.getAndIncrement();
        return this;
    }

    /** Whether somebody else owns it too. */
    boolean isShared() {
        return owners.get() > 1;
    }

    /** One owner less; true if that was the last. */
    boolean release() {
        return owners.decrementAndGet() == 0;
    }
}
