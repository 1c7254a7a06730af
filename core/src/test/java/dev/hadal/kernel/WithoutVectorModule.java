package dev.hadal.kernel;

/** A program to be started from the class path without the vector module; tells what it finds, a line each. */
public final class WithoutVectorModule {
    private WithoutVectorModule() {}

    public static void main(String[] args) {
        System.out.println("module present: " + KernelSelector.vectorModulePresent());
        System.out.println("preferred bits: " + KernelSelector.preferredBits());
        Kernels kernels =
                KernelSelector.select(KernelChoice.AUTO, warning -> System.out.println("warning: " + warning));
        System.out.println("kernels: " + kernels.name());
        System.out.println("sum: " + kernels.sum(new float[] {1, 2, 3, 4}, 1, 3));
        KernelSelector.select(KernelChoice.SCALAR, warning -> System.out.println("warning: " + warning));
        try {
            KernelSelector.select(KernelChoice.VECTOR, warning -> System.out.println("warning: " + warning));
        } catch (IllegalStateException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }
}
