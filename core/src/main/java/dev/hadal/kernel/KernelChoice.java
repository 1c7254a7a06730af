package dev.hadal.kernel;

/** Which kernels to run on. The choice changes speed only, never a result. */
public enum KernelChoice {
    /** Vector kernels as soon as they are compiled, plain ones until then or where there are none. */
    AUTO,
    /** The plain kernels. */
    SCALAR,
    /** Vector kernels from the first call on; refused where there are none. */
    VECTOR
}
