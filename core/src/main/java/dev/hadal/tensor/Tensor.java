package dev.hadal.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/**
 * An immutable typed view of bytes, little endian, row-major. The bytes need not be aligned to the element size: a
 * checkpoint puts tensors one behind the other, so read with the {@code _UNALIGNED} layouts.
 *
 * @param spec name, format and shape
 * @param data exactly {@code spec.byteSize()} bytes, or none for a tensor that is only described
 */
public record Tensor(TensorSpec spec, MemorySegment data) {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /**
     * Checks that bytes and shape agree.
     *
     * @throws IllegalArgumentException when they do not
     */
    public Tensor {
        if (data.byteSize() != 0 && data.byteSize() != spec.byteSize()) {
            throw new IllegalArgumentException("tensor " + spec.name() + ": shape " + spec.shape() + " of "
                    + spec.dtype() + " takes " + spec.byteSize() + " bytes, not " + data.byteSize());
        }
    }

    /** A tensor over bytes in memory. */
    public Tensor(String name, DType dtype, long[] shape, MemorySegment data) {
        this(TensorSpec.of(name, dtype, shape), data);
    }

    /** Name as in the checkpoint. */
    public String name() {
        return spec.name();
    }

    /** Storage format of one element. */
    public DType dtype() {
        return spec.dtype();
    }

    /** Stored dimensions, outermost first. */
    public List<Long> shape() {
        return spec.shape();
    }

    /**
     * One dimension as an int.
     *
     * @throws ArithmeticException when it does not fit
     */
    public int dim(int index) {
        return spec.dim(index);
    }

    /** Number of stored elements; packed FP4 counts bytes. */
    public long elements() {
        return spec.elements();
    }

    /** Bytes that the shape takes. */
    public long byteSize() {
        return spec.byteSize();
    }

    /**
     * The values of a BF16 or F32 tensor in memory, for vectors that are small and read all the time.
     *
     * @throws IllegalArgumentException for any other format
     */
    public float[] floats() {
        float[] values = new float[Math.toIntExact(elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (dtype()) {
                case F32 -> data.get(FLOAT, (long) i * Float.BYTES);
                case BF16 -> Formats.bf16(data.get(SHORT, (long) i * Short.BYTES));
                case F8_E4M3, F8_E8M0, I8, I64 ->
                    throw new IllegalArgumentException("tensor " + name() + " is " + dtype() + ", not BF16 or F32");
            };
        }
        return values;
    }
}
