package dev.hadal.kernel;

import java.util.Arrays;

/**
 * What a thread adds up in. Kernels serve several threads at a time, so one array would not do, and an array for each
 * call would be something to collect.
 */
final class Lanes {
    /** Not static: it goes when the kernels do. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<float[]> own = ThreadLocal.withInitial(() -> new float[Panel.LANES]);

    /** The calling thread's lanes, all zero: {@link Panel#LANES} of them, enough for {@link Kernels#SUM_LANES} too. */
    float[] zero() {
        float[] lanes = own.get();
        Arrays.fill(lanes, 0f);
        return lanes;
    }
}
