package dev.hadal.kernel;

import jdk.incubator.vector.VectorShape;

/** The only other class that names a type of the vector module; loaded when the module is known to be there. */
final class PreferredShape {
    private PreferredShape() {}

    static int bits() {
        return Math.min(512, VectorShape.preferredShape().vectorBitSize());
    }
}
