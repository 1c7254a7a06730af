package dev.hadal.model.v4;

import dev.hadal.tensor.DType;
import dev.hadal.tensor.Tensor;
import java.util.List;

/** Where {@link V4Layout} gets each tensor: a checkpoint that must have it, or a list that writes it down. */
interface TensorSource {
    /** The tensor of that name and shape in one of the formats, the usual one first. */
    Tensor take(String name, List<DType> dtypes, long... shape);
}
