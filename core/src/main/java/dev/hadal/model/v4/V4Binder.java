package dev.hadal.model.v4;

import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.checkpoint.CheckpointException;
import dev.hadal.tensor.DType;
import dev.hadal.tensor.Tensor;
import dev.hadal.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Gives each tensor of a checkpoint its place, once and strictly (architecture.md 6.2). */
public final class V4Binder {
    private static final String DRAFT = "mtp.";
    private static final String CLASSIC_DRAFT = "mtp.0.";
    private static final List<String> CLASSIC_ONLY =
            List.of("mtp.0.e_proj.weight", "mtp.0.h_proj.weight", "mtp.0.enorm.weight", "mtp.0.hnorm.weight");
    private static final String REMEDY = "Check that config.json and the safetensors files are of the same model";

    private final Checkpoint checkpoint;
    private final V4Config config;
    private final Map<String, Tensor> unbound;

    private V4Binder(Checkpoint checkpoint, V4Config config) {
        this.checkpoint = checkpoint;
        this.config = config;
        this.unbound = new TreeMap<>(checkpoint.tensors());
    }

    /**
     * Binds.
     *
     * @throws CheckpointException naming file and tensor when one is missing, left over, or has another shape or format
     *     than the configuration says
     */
    public static V4Weights bind(Checkpoint checkpoint, V4Config config) {
        return new V4Binder(checkpoint, config).bind();
    }

    private V4Weights bind() {
        V4Layout layout = new V4Layout(config, expertDtype(), this::take);
        boolean classic = hasClassicDraft();
        List<String> notes = new ArrayList<>();
        Tensor embed = layout.embed();
        List<V4Weights.Layer> layers = IntStream.range(0, config.numHiddenLayers())
                .mapToObj(layout::layer)
                .toList();
        Tensor norm = layout.norm("");
        V4Weights.Matrix head = layout.head();
        Tensor hcHeadFn = layout.hcHeadFn("");
        Tensor hcHeadBase = layout.hcHeadBase("");
        Tensor hcHeadScale = layout.hcHeadScale("");
        V4Weights.Mtp mtp = classic ? layout.mtp() : null;
        boolean dspark = skipDspark(classic, notes);
        requireNothingLeft();
        if (!classic && !dspark) {
            notes.add("The checkpoint has no draft tensors (mtp.*)");
        }
        return new V4Weights(embed, layers, norm, head, hcHeadFn, hcHeadBase, hcHeadScale, mtp, dspark, notes);
    }

    /** The first upload did not say; a packed expert is an I8 tensor (architecture.md 1). */
    private ExpertDtype expertDtype() {
        if (config.expertDtype() != ExpertDtype.UNSTATED) {
            return config.expertDtype();
        }
        Tensor first = checkpoint.tensors().get("layers.0.ffn.experts.0.w1.weight");
        return first != null && first.dtype() == DType.F8_E4M3 ? ExpertDtype.FP8 : ExpertDtype.FP4;
    }

    /**
     * A release that declares several draft layers may use the same names for other things, so there the classic block
     * counts only when it is whole; elsewhere a single tensor of it announces it, and a missing one is an error.
     */
    private boolean hasClassicDraft() {
        return config.declaresDspark()
                ? unbound.keySet().containsAll(classicNames())
                : CLASSIC_ONLY.stream().anyMatch(unbound::containsKey);
    }

    private Set<String> classicNames() {
        return V4Inventory.list(config, V4Inventory.Options.of(config), V4Layout::mtp).stream()
                .map(TensorSpec::name)
                .collect(Collectors.toSet());
    }

    private boolean skipDspark(boolean classic, List<String> notes) {
        boolean strict = classic && !config.declaresDspark();
        Map<String, Tensor> draft = new TreeMap<>(unbound);
        draft.keySet().removeIf(name -> !name.startsWith(DRAFT) || (strict && name.startsWith(CLASSIC_DRAFT)));
        if (!draft.isEmpty()) {
            long bytes = draft.values().stream().mapToLong(Tensor::byteSize).sum();
            notes.add("Skipped " + draft.size() + " tensors of the DSpark draft (mtp.*, " + bytes + " bytes)");
            unbound.keySet().removeAll(draft.keySet());
        }
        return config.declaresDspark() || !draft.isEmpty();
    }

    private void requireNothingLeft() {
        if (!unbound.isEmpty()) {
            String first = unbound.keySet().iterator().next();
            String others = unbound.size() == 1 ? "" : ", nor are " + (unbound.size() - 1) + " others";
            throw new CheckpointException(
                    checkpoint.originOf(first), "tensor " + first + " is not part of the model" + others, REMEDY);
        }
    }

    private Tensor take(String name, List<DType> dtypes, long... shape) {
        Tensor tensor = checkpoint.tensors().get(name);
        List<Long> expected = LongStream.of(shape).boxed().toList();
        if (tensor == null) {
            throw new CheckpointException(
                    checkpoint.files().origin(),
                    "tensor " + name + ", " + alternatives(dtypes) + " " + expected + ", is in no shard",
                    REMEDY);
        }
        if (!dtypes.contains(tensor.dtype()) || !tensor.shape().equals(expected)) {
            throw new CheckpointException(
                    checkpoint.originOf(name),
                    "tensor " + name + " is " + tensor.dtype() + " " + tensor.shape() + " instead of "
                            + alternatives(dtypes) + " " + expected,
                    REMEDY);
        }
        unbound.remove(name);
        return tensor;
    }

    private static String alternatives(List<DType> dtypes) {
        return String.join(" or ", dtypes.stream().map(DType::name).toList());
    }
}
