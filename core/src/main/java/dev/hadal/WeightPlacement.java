package dev.hadal;

import java.util.function.Consumer;

/** Where the weights are while a model runs. It changes speed and memory, never a result. */
public enum WeightPlacement {
    /** In memory if a copy fits the heap and the model is large enough to gain by it, else mapped. */
    AUTO,
    /** Where the files are mapped: little memory, and a model larger than memory runs. */
    MAPPED,
    /** Copied into memory in the order in which the kernels read them. */
    MEMORY;

    /** Below this a copy costs more at the start than it gains. */
    private static final long WORTH_COPYING_BYTES = 64L << 20;
    /** Heap that must remain for states and intermediate values. */
    private static final long RESERVE_BYTES = 1L << 30;

    /** Whether to copy {@code weightBytes} of weights; tells {@code notices} if a copy would help but does not fit. */
    boolean copies(long weightBytes, Consumer<String> notices) {
        if (this != AUTO) {
            return this == MEMORY;
        }
        if (weightBytes < WORTH_COPYING_BYTES) {
            return false;
        }
        boolean fits = copyBytes(weightBytes) <= Runtime.getRuntime().maxMemory() - RESERVE_BYTES;
        if (!fits) {
            notices.accept(
                    "the weights, " + (weightBytes >> 20) + " MiB, stay in the mapped files, since a copy does not"
                            + " fit a heap of " + (Runtime.getRuntime().maxMemory() >> 20)
                            + " MiB; results are the same, tokens come several times slower");
        }
        return fits;
    }

    /** What a copy takes: a sixteenth more, since matrices whose outputs do not fill a panel are padded. */
    static long copyBytes(long weightBytes) {
        return weightBytes + weightBytes / 16;
    }
}
