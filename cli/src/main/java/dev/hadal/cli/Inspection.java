package dev.hadal.cli;

import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.model.v4.LayerKind;
import dev.hadal.model.v4.V4Config;
import dev.hadal.model.v4.V4Plan;
import dev.hadal.model.v4.V4Weights;
import dev.hadal.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was found in a checkpoint.
 *
 * @param checkpoint open
 * @param config     its configuration
 * @param weights    its tensors, every one in its place
 * @param kernels    what it would be computed with
 */
record Inspection(Checkpoint checkpoint, V4Config config, V4Weights weights, String kernels) {
    /** For people. */
    void print(Terminal terminal) {
        V4Plan plan = V4Plan.of(config);
        terminal.printLine(checkpoint.files().origin());
        terminal.row("layers", config.numHiddenLayers() + ": " + layers(plan));
        terminal.row("hidden size", Figures.exact(config.hiddenSize()));
        terminal.row("heads", config.numAttentionHeads() + " of " + config.headDim());
        terminal.row(
                "experts",
                config.nRoutedExperts() + ", " + config.numExpertsPerTok() + " used and " + config.nSharedExperts()
                        + " shared for each token");
        terminal.row("routed by token id", config.numHashLayers() + " of the layers");
        terminal.row("vocabulary", Figures.exact(config.vocabSize()));
        terminal.row("context", Figures.exact(config.maxPositionEmbeddings()) + " tokens");
        terminal.row("draft", draft());
        terminal.row(
                "parameters",
                Figures.count(plan.parameters()) + " (" + Figures.exact(plan.parameters()) + "), "
                        + Figures.count(plan.activeParameters()) + " active");
        terminal.row(
                "files",
                checkpoint.shards().size() + ", " + Figures.bytes(checkpoint.totalBytes()) + " ("
                        + Figures.exact(checkpoint.totalBytes()) + ")");
        terminal.row("tensors", Figures.exact(checkpoint.tensors().size()));
        kinds().forEach((kind, amount) -> terminal.row(
                "  " + kind.title(),
                Figures.exact(amount.tensors()) + ", " + Figures.bytes(amount.bytes()) + ", " + formats(amount)));
        terminal.row("kernels", kernels);
        notes().forEach(note -> terminal.row("note", note));
    }

    /** For programs. */
    ObjectNode json() {
        V4Plan plan = V4Plan.of(config);
        ObjectNode object = Json.object().put("origin", checkpoint.files().origin());
        ObjectNode layers = object.putObject("layers");
        for (LayerKind kind : LayerKind.values()) {
            layers.put(kind.name().toLowerCase(Locale.ROOT), plan.layers(kind));
        }
        object.putObject("config")
                .put("hidden_size", config.hiddenSize())
                .put("num_hidden_layers", config.numHiddenLayers())
                .put("num_attention_heads", config.numAttentionHeads())
                .put("head_dim", config.headDim())
                .put("n_routed_experts", config.nRoutedExperts())
                .put("num_experts_per_tok", config.numExpertsPerTok())
                .put("num_hash_layers", config.numHashLayers())
                .put("vocab_size", config.vocabSize())
                .put("max_position_embeddings", config.maxPositionEmbeddings());
        object.put("draft", draft());
        object.putObject("parameters").put("total", plan.parameters()).put("active", plan.activeParameters());
        object.put("files", checkpoint.shards().size()).put("file_bytes", checkpoint.totalBytes());
        ArrayNode tensors = object.putArray("tensors");
        kinds().forEach((kind, amount) -> {
            ObjectNode entry = tensors.addObject()
                    .put("kind", kind.title())
                    .put("count", amount.tensors())
                    .put("bytes", amount.bytes());
            ArrayNode dtypes = entry.putArray("dtypes");
            amount.dtypes().forEach(dtype -> dtypes.add(dtype.name()));
        });
        object.put("kernels", kernels);
        notes().forEach(object.putArray("notes")::add);
        return object;
    }

    private Map<TensorKinds.Kind, TensorKinds.Amount> kinds() {
        return TensorKinds.count(checkpoint.tensors().values());
    }

    private String layers(V4Plan plan) {
        List<String> parts = new ArrayList<>();
        for (LayerKind kind : LayerKind.values()) {
            if (plan.layers(kind) > 0) {
                parts.add(plan.layers(kind) + " " + kind);
            }
        }
        return String.join(", ", parts);
    }

    private String draft() {
        if (weights.hasDspark()) {
            return "DSpark, not used";
        }
        return weights.hasClassicMtp() ? "classic MTP block" : "none";
    }

    private static String formats(TensorKinds.Amount amount) {
        return amount.dtypes().stream().map(DType::name).collect(Collectors.joining(" "));
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>(weights.notes());
        if (!config.ignoredKeys().isEmpty()) {
            notes.add("config.json has keys that are not used: " + String.join(", ", config.ignoredKeys()));
        }
        return notes;
    }
}
