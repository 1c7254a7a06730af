package dev.hadal.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Memory that neighbouring packed matrices share: one large array of ints. Collectors put an array of this size where it
 * stays, while arrays of single matrices would each be copied there out of the young generation, perhaps by several
 * threads at once, of whose copies all but one are waste.
 */
public final class Slab {
    /** Ints from which on collectors do not move an array: 64 MiB, more than half of the young generation. */
    static final long LARGE_INTS = 16 << 20;
    /** Ints that one array can hold. */
    static final long MOST_INTS = Integer.MAX_VALUE - 64;

    private final int[] memory;
    private int used;

    /**
     * Allocates memory.
     *
     * @param ints the sum of {@link Linear#packedInts} of all matrices that will share it; matrices that find no room
     *     get memory of their own, and all do if this is more than an array can hold
     */
    public Slab(long ints) {
        this.memory = new int[ints <= MOST_INTS ? (int) ints : 0];
    }

    /**
     * Cuts what will be packed, in its order, into neighbours that share a slab: each has 64 MiB as soon as it is cut off,
     * and what remains has them too, so that only a model that has less in all has a smaller one.
     */
    public static <T> List<List<T>> cut(List<T> matrices, ToLongFunction<T> packedInts) {
        List<List<T>> slabs = new ArrayList<>();
        long rest = matrices.stream().mapToLong(packedInts).sum();
        long held = 0;
        for (T matrix : matrices) {
            long ints = packedInts.applyAsLong(matrix);
            boolean enough = held >= LARGE_INTS && rest >= LARGE_INTS;
            if (slabs.isEmpty() || enough || held + ints > MOST_INTS) {
                slabs.add(new ArrayList<>());
                held = 0;
            }
            slabs.getLast().add(matrix);
            held += ints;
            rest -= ints;
        }
        return slabs;
    }

    /** An empty matrix in this memory; {@link PackedMatrix#fits} says whether there can be one. */
    PackedMatrix allocate(PackedMatrix.Format format, int panels, int inputs) {
        int ints = Math.toIntExact(PackedMatrix.ints(format, panels, inputs));
        if (ints > memory.length - used) {
            return new PackedMatrix(format, panels, inputs, new int[ints], 0);
        }
        used += ints;
        return new PackedMatrix(format, panels, inputs, memory, used - ints);
    }
}
