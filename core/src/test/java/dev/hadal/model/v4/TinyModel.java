package dev.hadal.model.v4;

import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.checkpoint.MemoryFiles;
import dev.hadal.checkpoint.SafetensorsWriter;
import dev.hadal.tensor.DType;
import dev.hadal.tensor.TensorSpec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A V4 of one layer of each kind and no width, all zeros, in memory, whose tensors a test may change. */
final class TinyModel {
    private static final Map<String, String> CHANGES = Map.ofEntries(
            Map.entry("hidden_size", "128"),
            Map.entry("num_attention_heads", "2"),
            Map.entry("head_dim", "128"),
            Map.entry("q_lora_rank", "64"),
            Map.entry("o_groups", "2"),
            Map.entry("o_lora_rank", "32"),
            Map.entry("index_n_heads", "2"),
            Map.entry("moe_intermediate_size", "64"),
            Map.entry("n_routed_experts", "3"),
            Map.entry("num_experts_per_tok", "2"),
            Map.entry("num_hidden_layers", "3"),
            Map.entry("num_hash_layers", "1"),
            Map.entry("vocab_size", "16"));

    private final Map<String, TensorSpec> tensors = new LinkedHashMap<>();
    private String json = OfficialConfigs.json("flash");

    TinyModel() {
        CHANGES.forEach(this::set);
        set("compress_ratios", "[0, 4, 128, 0]");
        List<TensorSpec> specs = V4Inventory.of(config()).tensors();
        specs.forEach(spec -> tensors.put(spec.name(), spec));
    }

    TinyModel set(String key, String value) {
        json = OfficialConfigs.with(json, key, value);
        return this;
    }

    TinyModel with(String name, DType dtype, long... shape) {
        tensors.put(name, TensorSpec.of(name, dtype, shape));
        return this;
    }

    TinyModel with(V4Inventory.Options options) {
        tensors.clear();
        V4Inventory.of(config(), options).tensors().forEach(spec -> tensors.put(spec.name(), spec));
        return this;
    }

    TinyModel without(String prefix) {
        tensors.keySet().removeIf(name -> name.startsWith(prefix));
        return this;
    }

    TensorSpec tensor(String name) {
        return Objects.requireNonNull(tensors.get(name));
    }

    String json() {
        return json;
    }

    V4Config config() {
        return OfficialConfigs.parse(json);
    }

    V4Weights bind() {
        List<TensorSpec> specs = List.copyOf(tensors.values());
        byte[] header = SafetensorsWriter.header(specs);
        long bytes = specs.stream().mapToLong(TensorSpec::byteSize).sum();
        byte[] file = Arrays.copyOf(header, Math.toIntExact(header.length + bytes));
        MemoryFiles files = new MemoryFiles().with("config.json", json).with("model.safetensors", file);
        try (Checkpoint checkpoint = Checkpoint.open(files)) {
            return V4Binder.bind(checkpoint, config());
        }
    }
}
