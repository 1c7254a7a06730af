package dev.hadal.model.v4;

import dev.hadal.kernel.StateKernels;
import dev.hadal.model.NumericsMode;

/**
 * What is rounded on its way, and how; chosen once, when a model is opened (architecture.md 7.4). What is stored is
 * rounded by its {@link StateFormats format}.
 */
sealed interface Numerics {
    /** The mode this implements. */
    NumericsMode mode();

    /** Rounds activations at one of the named points. */
    void round(RoundingPoint point, float[] values, int offset, int length);

    /** Turns an index query or key into the form in which it is rounded. */
    void turn(StateKernels kernels, float[] values, int offset, int length);

    /** Rounds a turned index query as index keys are rounded. */
    void index(StateKernels kernels, float[] values, int offset, int length);

    /** Whether inputs of FP4 products are rounded to integers, as {@link dev.hadal.kernel.Kernels#toIntegers} does. */
    boolean integerInputs();

    /** The rounding of a mode. */
    static Numerics of(NumericsMode mode) {
        return switch (mode) {
            case FP32 -> new Fp32();
            case QAT -> new Qat(NumericsMode.QAT, false);
            case W4A8 -> new Qat(NumericsMode.W4A8, true);
        };
    }

    /** Nothing is rounded. */
    record Fp32() implements Numerics {
        @Override
        public NumericsMode mode() {
            return NumericsMode.FP32;
        }

        @Override
        public boolean integerInputs() {
            return false;
        }

        @Override
        public void round(RoundingPoint point, float[] values, int offset, int length) {}

        @Override
        public void turn(StateKernels kernels, float[] values, int offset, int length) {}

        @Override
        public void index(StateKernels kernels, float[] values, int offset, int length) {}
    }

    /** What is stored or selected by is rounded; of activations at most the inputs of FP4 products. */
    record Qat(NumericsMode mode, boolean integerInputs) implements Numerics {

        @Override
        public void round(RoundingPoint point, float[] values, int offset, int length) {}

        @Override
        public void turn(StateKernels kernels, float[] values, int offset, int length) {
            kernels.hadamard(values, offset, length);
        }

        @Override
        public void index(StateKernels kernels, float[] values, int offset, int length) {
            kernels.roundKey(values, offset, length);
        }
    }
}
