package dev.hadal.model.v4;

import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Kernels;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Vector kernels that all tests share: each new instance would have to be compiled anew. */
final class FastKernels {
    private static final Map<Integer, Kernels> BY_BITS = new ConcurrentHashMap<>();

    /** Those that suit this machine. */
    static final Kernels INSTANCE = ofBits(KernelSelector.preferredBits());

    private FastKernels() {}

    static Kernels ofBits(int bits) {
        return BY_BITS.computeIfAbsent(bits, KernelSelector::vector);
    }
}
