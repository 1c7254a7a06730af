package dev.hadal.cli;

import dev.hadal.DeepSeek;
import dev.hadal.kernel.KernelSelector;
import org.jspecify.annotations.Nullable;

/** Which way a model's numbers take through this machine, as far as that is known at the start. */
final class ComputePath {
    private static final String VECTOR = "vector";

    private ComputePath() {}

    /**
     * What keeps this JVM from running vector kernels, and how to get it; null if nothing is seen to. A JVM that stops
     * its compiler by other means than these is found out by {@link dev.hadal.kernel.WarmingKernels}, which takes longer.
     */
    static @Nullable String missing() {
        if (!KernelSelector.vectorModulePresent()) {
            return "this JVM was started without the module jdk.incubator.vector; the launcher adds it, and"
                    + " --add-modules jdk.incubator.vector does";
        }
        String mode = System.getProperty("java.vm.info", "");
        if (mode.contains("emulated-client") || mode.startsWith("interpreted")) {
            return "this JVM runs without its C2 compiler (" + mode + "); start it without -Xint, -XX:TieredStopAtLevel"
                    + " and -XX:CompilationMode";
        }
        return null;
    }

    /** The way in a line: kernels, threads, and where the weights are. */
    static String of(DeepSeek deepSeek) {
        long packed = deepSeek.model().packedBytes();
        int threads = deepSeek.model().threads();
        return kernels(deepSeek.kernels()) + ", " + threads + (threads == 1 ? " thread" : " threads") + ", weights "
                + (packed == 0 ? "mapped" : "copied into memory (" + Figures.bytes(packed) + ")");
    }

    private static String kernels(String now) {
        if (now.startsWith(VECTOR)) {
            return VECTOR + " kernels of " + KernelSelector.preferredBits() + " bits";
        }
        return missing() == null
                ? VECTOR + " kernels of " + KernelSelector.preferredBits() + " bits as soon as they are compiled"
                : "plain kernels";
    }
}
