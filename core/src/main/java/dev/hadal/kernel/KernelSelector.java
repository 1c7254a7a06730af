package dev.hadal.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.Consumer;

/** Decides which kernels a process can use, and says why if they are not the fast ones. */
public final class KernelSelector {
    private static final String MODULE = "jdk.incubator.vector";

    private KernelSelector() {}

    /** The plain kernels, available everywhere. */
    public static Kernels scalar() {
        return new ScalarKernels();
    }

    /** True when this JVM was started with the vector module. */
    public static boolean vectorModulePresent() {
        return ModuleLayer.boot().findModule(MODULE).isPresent();
    }

    /** Bits of the widest vector that the processor handles in one register; 0 without the vector module. */
    public static int preferredBits() {
        return vectorModulePresent() ? PreferredShape.bits() : 0;
    }

    /**
     * Kernels for vectors of 128, 256 or 512 bits. Widths beyond the processor's work too, slowly: the tests use them.
     *
     * @throws IllegalStateException without the vector module
     */
    public static Kernels vector(int bits) {
        if (!vectorModulePresent()) {
            throw new IllegalStateException("there are no vector kernels: " + missingModule());
        }
        try {
            MethodType alone = MethodType.methodType(void.class);
            PanelKernels panels =
                    (PanelKernels) define(VectorPanelKernels.class, bits, alone).invoke();
            UnpackKernels unpack = (UnpackKernels)
                    define(VectorUnpackKernels.class, bits, alone).invoke();
            PackedKernels packed = (PackedKernels)
                    define(VectorPackedKernels.class, bits, MethodType.methodType(void.class, UnpackKernels.class))
                            .invoke(unpack);
            StateKernels state =
                    (StateKernels) define(VectorStateKernels.class, bits, alone).invoke();
            AttentionKernels attention = (AttentionKernels)
                    define(VectorAttentionKernels.class, bits, alone).invoke();
            MethodType over = MethodType.methodType(
                    void.class, PanelKernels.class, PackedKernels.class, StateKernels.class, AttentionKernels.class);
            return (Kernels) define(VectorKernels.class, bits, over).invoke(panels, packed, state, attention);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Throwable e) {
            throw new IllegalStateException("vector kernels of " + bits + " bits cannot be defined: " + e, e);
        }
    }

    /** The constructor of a copy of {@code original} whose width is a constant. */
    private static MethodHandle define(Class<?> original, int bits, MethodType constructor)
            throws IOException, ReflectiveOperationException {
        try (InputStream code = original.getResourceAsStream(original.getSimpleName() + ".class")) {
            if (code == null) {
                throw new IllegalStateException(
                        "the class file of " + original.getSimpleName() + " is not beside its package");
            }
            MethodHandles.Lookup hidden =
                    MethodHandles.lookup().defineHiddenClassWithClassData(code.readAllBytes(), bits, true);
            return hidden.findConstructor(hidden.lookupClass(), constructor);
        }
    }

    /**
     * Kernels by choice.
     *
     * @param warnings told in a sentence when the plain kernels are used although others were hoped for
     * @throws IllegalStateException if vector kernels are demanded and there are none
     */
    public static Kernels select(KernelChoice choice, Consumer<String> warnings) {
        if (choice == KernelChoice.SCALAR) {
            return scalar();
        }
        if (choice == KernelChoice.VECTOR) {
            return vector(preferredBits());
        }
        if (!vectorModulePresent()) {
            warnings.accept("the plain kernels are used, several times slower: " + missingModule());
            return scalar();
        }
        WarmingKernels kernels = new WarmingKernels(vector(preferredBits()));
        kernels.onFailure(warnings);
        return kernels;
    }

    /** What is missing, and how to get it. */
    private static String missingModule() {
        return "this JVM was started without the module " + MODULE + "; --add-modules " + MODULE + " adds it";
    }
}
