package dev.hadal.model.v4;

import dev.hadal.checkpoint.SafetensorsWriter;
import dev.hadal.tensor.DType;
import dev.hadal.tensor.Tensor;
import dev.hadal.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a checkpoint in the layout of the release holds, from its configuration alone: one block per file, tensors in the
 * order of the official writer (architecture.md 6.1, 6.2).
 *
 * @param shards in the order of the file names
 */
public record V4Inventory(List<Shard> shards) {
    private static final List<DType> DTYPE_ORDER =
            List.of(DType.I64, DType.F32, DType.BF16, DType.F8_E8M0, DType.F8_E4M3, DType.I8);
    /** The order in which the official writer puts the tensors of a file. */
    private static final Comparator<TensorSpec> FILE_ORDER = Comparator.comparingInt(
                    (TensorSpec spec) -> DTYPE_ORDER.indexOf(spec.dtype()))
            .thenComparing(TensorSpec::name);

    /** Copies the list. */
    public V4Inventory {
        shards = List.copyOf(shards);
    }

    /**
     * What the configuration leaves open.
     *
     * @param experts FP4 or FP8
     * @param scales F8_E8M0 or F32
     * @param classicMtp whether the block {@code mtp.0} is listed; the tensors of DSpark are not known
     */
    public record Options(ExpertDtype experts, DType scales, boolean classicMtp) {
        /** As the preview release: E8M0 scales, FP4 experts unless the configuration says FP8. */
        public static Options of(V4Config config) {
            return new Options(
                    config.expertDtype() == ExpertDtype.FP8 ? ExpertDtype.FP8 : ExpertDtype.FP4,
                    DType.F8_E8M0,
                    config.numNextnPredictLayers() > 0 && !config.declaresDspark());
        }
    }

    /**
     * One file.
     *
     * @param file its name
     * @param tensors in file order
     */
    public record Shard(String file, List<TensorSpec> tensors) {
        /** Copies the list. */
        public Shard {
            tensors = List.copyOf(tensors);
        }

        /** Bytes of the tensors. */
        public long tensorBytes() {
            return tensors.stream().mapToLong(TensorSpec::byteSize).sum();
        }

        /** Bytes of the file, header included. */
        public long fileBytes() {
            return tensorBytes() + SafetensorsWriter.header(tensors).length;
        }
    }

    /** The usual inventory of a configuration. */
    public static V4Inventory of(V4Config config) {
        return of(config, Options.of(config));
    }

    /** An inventory with chosen formats. */
    public static V4Inventory of(V4Config config, Options options) {
        List<List<TensorSpec>> blocks = new ArrayList<>();
        blocks.add(list(config, options, V4Layout::embed));
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            int index = layer;
            blocks.add(list(config, options, layout -> layout.layer(index)));
        }
        blocks.add(list(config, options, layout -> {
            layout.norm("");
            layout.head();
            layout.hcHeadFn("");
            layout.hcHeadBase("");
            layout.hcHeadScale("");
        }));
        if (options.classicMtp()) {
            blocks.add(list(config, options, V4Layout::mtp));
        }
        List<Shard> shards = new ArrayList<>();
        for (List<TensorSpec> block : blocks) {
            shards.add(new Shard(shardName(shards.size() + 1, blocks.size()), block));
        }
        return new V4Inventory(shards);
    }

    /** The same tensors in a single {@code model.safetensors}, which needs no index. */
    public V4Inventory inOneFile() {
        List<TensorSpec> tensors = tensors().stream().sorted(FILE_ORDER).toList();
        return new V4Inventory(List.of(new Shard("model.safetensors", tensors)));
    }

    /** All tensors, file by file. */
    public List<TensorSpec> tensors() {
        return shards.stream().flatMap(shard -> shard.tensors().stream()).toList();
    }

    /** Bytes of all tensors. */
    public long tensorBytes() {
        return shards.stream().mapToLong(Shard::tensorBytes).sum();
    }

    /** Bytes of all files, headers included. */
    public long fileBytes() {
        return shards.stream().mapToLong(Shard::fileBytes).sum();
    }

    /** What a part of the layout asks for, in file order. */
    static List<TensorSpec> list(V4Config config, Options options, Consumer<V4Layout> part) {
        List<TensorSpec> specs = new ArrayList<>();
        part.accept(new V4Layout(config, options.experts(), (name, dtypes, shape) -> {
            DType dtype = dtypes.contains(options.scales()) ? options.scales() : dtypes.getFirst();
            TensorSpec spec = TensorSpec.of(name, dtype, shape);
            specs.add(spec);
            return new Tensor(spec, MemorySegment.NULL);
        }));
        specs.sort(FILE_ORDER);
        return specs;
    }

    private static String shardName(int number, int count) {
        return "model-" + fiveDigits(number) + "-of-" + fiveDigits(count) + ".safetensors";
    }

    private static String fiveDigits(int number) {
        return "0".repeat(Math.max(0, 5 - Integer.toString(number).length())) + number;
    }
}
