package dev.hadal.cli;

import dev.hadal.tensor.DType;
import dev.hadal.tensor.Tensor;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The tensors of a checkpoint, sorted by what they are for (architecture.md 6.2). */
final class TensorKinds {
    /** A place in the model, in the order of the model; the first that a name contains decides. */
    enum Kind {
        DRAFT("mtp.", "draft block"),
        EXPERTS(".ffn.experts.", "routed experts"),
        SHARED_EXPERTS(".ffn.shared_experts.", "shared experts"),
        ROUTER(".ffn.gate.", "routers"),
        INDEXER(".attn.indexer.", "indexers"),
        COMPRESSOR(".attn.compressor.", "compressors"),
        ATTENTION(".attn.", "attention"),
        HYPER_CONNECTIONS("hc_", "hyper-connections"),
        EMBEDDING("embed.", "embedding"),
        HEAD("head.", "head"),
        NORMS("norm", "norms"),
        OTHER("", "other");

        private final String part;
        private final String title;

        Kind(String part, String title) {
            this.part = part;
            this.title = title;
        }

        /** How people call it. */
        String title() {
            return title;
        }

        private static Kind of(String name) {
            // Every name contains the last kind's empty part.
            return Arrays.stream(values())
                    .filter(kind -> name.contains(kind.part))
                    .findFirst()
                    .orElse(OTHER);
        }
    }

    /** How much there is of a kind. */
    static final class Amount {
        private int tensors;
        private long bytes;
        private final Set<DType> dtypes = EnumSet.noneOf(DType.class);

        private void add(Tensor tensor) {
            tensors++;
            bytes += tensor.byteSize();
            dtypes.add(tensor.dtype());
        }

        /** Number of tensors. */
        int tensors() {
            return tensors;
        }

        /** Their bytes. */
        long bytes() {
            return bytes;
        }

        /** Their storage formats. */
        Set<DType> dtypes() {
            return dtypes;
        }
    }

    private TensorKinds() {}

    /** The kinds that occur. */
    static Map<Kind, Amount> count(Collection<Tensor> tensors) {
        Map<Kind, Amount> amounts = new EnumMap<>(Kind.class);
        for (Tensor tensor : tensors) {
            amounts.computeIfAbsent(Kind.of(tensor.name()), _ -> new Amount()).add(tensor);
        }
        return amounts;
    }
}
