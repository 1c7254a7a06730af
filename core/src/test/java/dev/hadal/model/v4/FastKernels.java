package dev.hadal.model.v4;

import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Kernels;

/** The vector kernels that suit this machine, shared by all tests: each new one has to be compiled anew. */
final class FastKernels {
    static final Kernels INSTANCE = KernelSelector.vector(KernelSelector.preferredBits());

    private FastKernels() {}
}
