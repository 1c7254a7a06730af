package dev.hadal.model.v4;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** A 64-bit hash of numbers and pages in order, each step a bijection of what came before: no flipped bit goes unnoticed. */
final class Checksum {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;
    private static final long NO_PAGE = -1;

    private long value = MULTIPLIER;

    /** Adds a number. */
    Checksum add(long number) {
        long mixed = (value ^ number) * MULTIPLIER;
        value = mixed ^ mixed >>> 32;
        return this;
    }

    /** Adds a page's length and bytes, or that there is none. */
    Checksum add(@Nullable Page page) {
        if (page == null) {
            return add(NO_PAGE);
        }
        byte[] data = page.data;
        add(data.length);
        int whole = data.length - data.length % Long.BYTES;
        for (int i = 0; i < whole; i += Long.BYTES) {
            add((long) LONGS.get(data, i));
        }
        for (int i = whole; i < data.length; i++) {
            add(data[i]);
        }
        return this;
    }

    /** The hash so far. */
    long value() {
        return value;
    }
}
