package dev.hadal.tensor;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * An immutable typed view of bytes, little endian, row-major. The bytes need not be aligned to the element size: a
 * checkpoint puts tensors one behind the other, so read with the {@code _UNALIGNED} layouts.
 *
 * @param spec name, format and shape
 * @param data exactly {@code spec.byteSize()} bytes, or none for a tensor that is only described
 */
public record Tensor(TensorSpec spec, MemorySegment data) {
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
}
