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

    /** The rounding of a mode. */
    static Numerics of(NumericsMode mode) {
        return switch (mode) {
            case FP32 -> new Fp32();
            case QAT -> new Qat();
        };
    }

    /** Nothing is rounded. */
    record Fp32() implements Numerics {
        @Override
        public NumericsMode mode() {
            return NumericsMode.FP32;
        }

        @Override
        public void round(RoundingPoint point, float[] values, int offset, int length) {}

        @Override
        public void turn(StateKernels kernels, float[] values, int offset, int length) {}

        @Override
        public void index(StateKernels kernels, float[] values, int offset, int length) {}
    }

    /** What is stored or selected by is rounded, activations are not. */
    record Qat() implements Numerics {
        @Override
        public NumericsMode mode() {
            return NumericsMode.QAT;
        }

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
