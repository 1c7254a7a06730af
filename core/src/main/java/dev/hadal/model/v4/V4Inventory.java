package dev.hadal.model.v4;

import dev.hadal.tensor.DType;
import dev.hadal.tensor.Tensor;
import dev.hadal.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;

/** What a checkpoint must hold, from its configuration alone. */
public final class V4Inventory {
    private V4Inventory() {}

    static Tensor described(String name, DType dtype, long... shape) {
        return new Tensor(TensorSpec.of(name, dtype, shape), MemorySegment.NULL);
    }
}
