package dev.hadal.tensor;

import java.util.List;
import java.util.stream.LongStream;

/**
 * What a tensor is, without its bytes.
 *
 * @param name as in the checkpoint, for example {@code layers.3.attn.wq_a.weight}
 * @param dtype storage format of one element; packed FP4 counts bytes, not values
 * @param shape stored dimensions, outermost first; empty for a scalar
 */
public record TensorSpec(String name, DType dtype, List<Long> shape) {
    /**
     * Checks the dimensions.
     *
     * @throws IllegalArgumentException when a dimension is negative or the bytes do not fit 63 bits
     */
    public TensorSpec {
        shape = List.copyOf(shape);
        if (byteSize(dtype, shape) < 0) {
            throw new IllegalArgumentException(
                    "tensor " + name + ": shape " + shape + " of " + dtype + " has a negative dimension or overflows");
        }
    }

    /** A tensor of the given dimensions, outermost first. */
    public static TensorSpec of(String name, DType dtype, long... shape) {
        return new TensorSpec(name, dtype, LongStream.of(shape).boxed().toList());
    }

    /**
     * Bytes of a tensor, or -1 when a dimension is negative or the product does not fit 63 bits. For shapes that come
     * from a file: nothing is thrown and nothing is rounded.
     */
    public static long byteSize(DType dtype, List<Long> shape) {
        long product = dtype.bytes();
        boolean overflow = false;
        boolean empty = false;
        for (long dim : shape) {
            if (dim < 0) {
                return -1;
            }
            empty |= dim == 0;
            overflow |= Math.multiplyHigh(product, dim) != 0 || product * dim < 0;
            product *= dim;
        }
        if (empty) {
            return 0;
        }
        return overflow ? -1 : product;
    }

    /** Number of stored elements. */
    public long elements() {
        return byteSize() / dtype.bytes();
    }

    /** Bytes on disk and in memory. */
    public long byteSize() {
        return byteSize(dtype, shape);
    }

    /**
     * One dimension as an int.
     *
     * @throws ArithmeticException when it does not fit
     */
    public int dim(int index) {
        return Math.toIntExact(shape.get(index));
    }
}
