package dev.hadal.model.v4;

import dev.hadal.model.NumericsMode;
import dev.hadal.tensor.Formats;

/** What is rounded, and how; chosen once, when a model is opened (architecture.md 7.4). */
sealed interface Numerics {
    /** Values that share a scale in window and compressed entries. */
    int ENTRY_GROUP = 64;
    /** Values that share a scale in index queries and keys. */
    int INDEX_GROUP = 32;

    /** The mode this implements. */
    NumericsMode mode();

    /** Rounds activations at one of the named points. */
    void round(RoundingPoint point, float[] values, int offset, int length);

    /** Rounds a window or compressed entry to what its cache row holds: FP8 for {@code plain} values, bf16 for the rest. */
    void entry(float[] values, int offset, int plain, int length);

    /** Turns and rounds an index query or key to what its cache row holds. */
    void index(float[] values, int offset, int length);

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
        public void entry(float[] values, int offset, int plain, int length) {}

        @Override
        public void index(float[] values, int offset, int length) {}
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
        public void entry(float[] values, int offset, int plain, int length) {
            Formats.fakeFp8(values, offset, plain, ENTRY_GROUP);
            for (int i = offset + plain; i < offset + length; i++) {
                values[i] = Formats.roundBf16(values[i]);
            }
        }

        @Override
        public void index(float[] values, int offset, int length) {
            Hadamard.transform(values, offset, length);
            Formats.fakeFp4(values, offset, length, INDEX_GROUP);
        }
    }
}
