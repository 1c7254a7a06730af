package dev.hadal.checkpoint;

import dev.hadal.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * All tensors of a model directory, mapped: {@code model.safetensors.index.json} with any number of shards, or a single
 * {@code model.safetensors} (architecture.md 6.1). Index and shards must agree on every tensor.
 */
public final class Checkpoint implements AutoCloseable {
    private static final String CONFIG = "config.json";
    private static final long MAX_CONFIG_BYTES = 1 << 20;
    private static final String SINGLE = "model.safetensors";
    private static final long SMALL_TENSOR_BYTES = 1 << 16;
    private static final String DOWNLOAD = "Download the model again";

    private final ModelFiles files;
    private final byte[] configJson;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> shardOfTensor = new LinkedHashMap<>();
    private long totalBytes;

    private Checkpoint(ModelFiles files) {
        this.files = files;
        this.configJson = files.read(CONFIG, MAX_CONFIG_BYTES);
    }

    /**
     * Maps and checks every shard. The checkpoint owns the files from here on and closes them, also when this fails.
     *
     * @throws CheckpointException when a file is missing, left over, damaged, or disagrees with the index
     */
    public static Checkpoint open(ModelFiles files) {
        try {
            Checkpoint checkpoint = new Checkpoint(files);
            checkpoint.load();
            return checkpoint;
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /** All tensors by name: shards in the order of their names, tensors in the order of the shard. */
    public Map<String, Tensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** The content of {@code config.json}. */
    public byte[] configJson() {
        return configJson.clone();
    }

    /** Where {@code config.json} is, for messages. */
    public String configOrigin() {
        return origin(CONFIG);
    }

    /** The other files of the model. */
    public ModelFiles files() {
        return files;
    }

    /** Names of the safetensors files, sorted. */
    public List<String> shards() {
        return List.copyOf(new TreeSet<>(shardOfTensor.values()));
    }

    /** Path or name of the shard that holds a tensor, for messages. */
    public String originOf(String tensor) {
        return origin(shardOfTensor.getOrDefault(tensor, ShardIndex.FILE));
    }

    /** Bytes of all safetensors files, headers included. */
    public long totalBytes() {
        return totalBytes;
    }

    /** Bytes of all tensors. */
    public long tensorBytes() {
        return tensors.values().stream().mapToLong(Tensor::byteSize).sum();
    }

    /**
     * A digest that tells models apart: of the configuration, of name, type and shape of every tensor, and of the values
     * of the small ones (norms, biases, sinks), which no two trainings share. The large ones are not read.
     */
    public String fingerprint() {
        MessageDigest digest = sha256();
        digest.update(configJson);
        for (Tensor tensor : tensors.values()) {
            digest.update(tensor.spec().toString().getBytes(StandardCharsets.UTF_8));
            if (tensor.byteSize() <= SMALL_TENSOR_BYTES) {
                digest.update(tensor.data().asByteBuffer());
            }
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public void close() {
        files.close();
    }

    private void load() {
        if (!files.exists(ShardIndex.FILE)) {
            requireNoExtraShard(Set.of(SINGLE));
            parse(SINGLE).forEach((name, tensor) -> add(SINGLE, tensor));
            return;
        }
        Map<String, String> index =
                ShardIndex.read(origin(ShardIndex.FILE), files.read(ShardIndex.FILE, ShardIndex.MAX_BYTES));
        Set<String> shards = new TreeSet<>(index.values());
        requireNoExtraShard(shards);
        for (String shard : shards) {
            if (!files.exists(shard)) {
                throw new CheckpointException(origin(shard), "this shard of the index is missing", DOWNLOAD);
            }
        }
        for (String shard : shards) {
            parse(shard).forEach((name, tensor) -> {
                requireIndexed(index, shard, name);
                add(shard, tensor);
            });
        }
        index.forEach((name, shard) -> {
            if (!tensors.containsKey(name)) {
                throw new CheckpointException(
                        origin(shard), "tensor " + name + " of the index is not in this shard", DOWNLOAD);
            }
        });
    }

    private Map<String, Tensor> parse(String shard) {
        MemorySegment bytes = files.map(shard);
        totalBytes += bytes.byteSize();
        return SafetensorsFile.parse(origin(shard), bytes).tensors();
    }

    private void add(String shard, Tensor tensor) {
        tensors.put(tensor.name(), tensor);
        shardOfTensor.put(tensor.name(), shard);
    }

    private void requireIndexed(Map<String, String> index, String shard, String tensor) {
        String indexed = index.get(tensor);
        if (indexed == null) {
            throw new CheckpointException(origin(shard), "tensor " + tensor + " is not in the index", DOWNLOAD);
        }
        if (!indexed.equals(shard)) {
            throw new CheckpointException(
                    origin(shard), "tensor " + tensor + " belongs to " + indexed + " by the index", DOWNLOAD);
        }
    }

    /** Other safetensors files may lie beside a model, but one named like a shard is a sign of two mixed downloads. */
    private void requireNoExtraShard(Set<String> shards) {
        for (String name : files.names()) {
            if (name.startsWith("model") && name.endsWith(".safetensors") && !shards.contains(name)) {
                throw new CheckpointException(
                        origin(name),
                        "this shard is not in the index",
                        "Remove it, or download the model again into an empty directory");
            }
        }
    }

    private String origin(String file) {
        return files.origin() + "/" + file;
    }
}
