package dev.hadal.cli.synth;

import dev.hadal.checkpoint.CheckpointException;
import dev.hadal.checkpoint.SafetensorsWriter;
import dev.hadal.model.v4.V4Inventory;
import dev.hadal.tensor.DType;
import dev.hadal.tensor.TensorSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a checkpoint of random weights, piece by piece: memory does not grow with its size. The same configuration and
 * seed give the same bytes. The files without which nothing opens it, {@code config.json} and the index, come last.
 */
public final class SyntheticCheckpoint {
    private static final int PIECE_BYTES = 1 << 20;
    private static final String INDEX = "model.safetensors.index.json";

    private final SyntheticConfig config;
    private final long seed;
    private final boolean singleFile;
    private final V4Inventory inventory;
    private final byte[] piece = new byte[PIECE_BYTES];
    private long written;

    /** A checkpoint to be written; {@code singleFile} puts all tensors into one file without index. */
    public SyntheticCheckpoint(SyntheticConfig config, long seed, boolean singleFile) {
        V4Inventory shards = V4Inventory.of(config.config(), config.formats());
        this.config = config;
        this.seed = seed;
        this.singleFile = singleFile;
        this.inventory = singleFile ? shards.inOneFile() : shards;
    }

    /** The files and tensors. */
    public V4Inventory inventory() {
        return inventory;
    }

    /**
     * Writes it, and takes back what was written if that fails.
     *
     * @param directory created if there is none
     * @param progress told the bytes of tensors written so far
     * @throws CheckpointException when the directory is not empty, the disk is too small or anything cannot be written
     */
    public void write(Path directory, LongConsumer progress) {
        List<Path> files = new ArrayList<>();
        prepare(directory);
        boolean done = false;
        try {
            for (V4Inventory.Shard shard : inventory.shards()) {
                Path file = directory.resolve(shard.file());
                files.add(file);
                write(file, shard, progress);
            }
            files.add(directory.resolve("generation_config.json"));
            Files.write(files.getLast(), generationConfig());
            if (!singleFile) {
                files.add(directory.resolve(INDEX));
                writeIndex(files.getLast());
            }
            files.add(directory.resolve("config.json"));
            Files.write(files.getLast(), config.bytes());
            done = true;
        } catch (IOException e) {
            throw unwritable(directory, e);
        } finally {
            if (!done) {
                files.forEach(SyntheticCheckpoint::delete);
            }
        }
    }

    private void prepare(Path directory) {
        try {
            Files.createDirectories(directory);
            try (Stream<Path> content = Files.list(directory)) {
                if (content.findAny().isPresent()) {
                    throw new CheckpointException(
                            directory.toString(), "is not empty", "Name a new directory, or empty this one");
                }
            }
            long free = Files.getFileStore(directory).getUsableSpace();
            if (inventory.fileBytes() > free) {
                throw new CheckpointException(
                        directory.toString(),
                        "has " + free + " bytes left on its disk, but the checkpoint takes " + inventory.fileBytes(),
                        "Choose another disk, or fewer layers");
            }
        } catch (IOException e) {
            throw unwritable(directory, e);
        }
    }

    private void write(Path file, V4Inventory.Shard shard, LongConsumer progress) {
        Map<String, TensorSpec> tensors =
                shard.tensors().stream().collect(Collectors.toMap(TensorSpec::name, Function.identity()));
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, shard.tensors())) {
            for (TensorSpec tensor : shard.tensors()) {
                write(writer, tensor, elements(tensor, tensors), progress);
            }
            writer.finish();
        }
    }

    private void write(SafetensorsWriter writer, TensorSpec tensor, Elements elements, LongConsumer progress) {
        int elementBytes = tensor.dtype().bytes();
        int most = PIECE_BYTES / elementBytes / elements.together() * elements.together();
        for (long first = 0; first < tensor.elements(); first += most) {
            int count = (int) Math.min(most, tensor.elements() - first);
            elements.draw(first, piece, count);
            writer.append(tensor.name(), MemorySegment.ofArray(piece).asSlice(0, (long) count * elementBytes));
            written += (long) count * elementBytes;
            progress.accept(written);
        }
    }

    private Elements elements(TensorSpec tensor, Map<String, TensorSpec> tensors) {
        TensorBits bits = TensorBits.of(seed, tensor.name());
        if (tensor.dtype() == DType.I64) {
            return new ExpertTable(config.config(), bits);
        }
        if (tensor.name().endsWith(".scale")) {
            TensorSpec weight = tensors.get(tensor.name().replace(".scale", ".weight"));
            return Codes.ofScale(tensor, Objects.requireNonNull(weight), bits);
        }
        return Codes.of(tensor, bits);
    }

    private byte[] generationConfig() {
        return JsonMapper.shared()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsBytes(JsonMapper.shared()
                        .createObjectNode()
                        .put("_from_model_config", true)
                        .put("bos_token_id", config.config().bosTokenId())
                        .put("eos_token_id", config.config().eosTokenId())
                        .put("do_sample", true)
                        .put("temperature", 1.0)
                        .put("top_p", 1.0));
    }

    private void writeIndex(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                JsonGenerator json = JsonMapper.shared().createGenerator(out)) {
            json.writeStartObject();
            json.writeObjectPropertyStart("metadata");
            json.writeNumberProperty("total_size", inventory.tensorBytes());
            json.writeEndObject();
            json.writeObjectPropertyStart("weight_map");
            for (V4Inventory.Shard shard : inventory.shards()) {
                for (TensorSpec tensor : shard.tensors()) {
                    json.writeStringProperty(tensor.name(), shard.file());
                }
            }
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException _) {
            // The failure that led here is the one to be told of.
        }
    }

    private static CheckpointException unwritable(Path directory, IOException cause) {
        return new CheckpointException(
                directory.toString(),
                "cannot be written: " + cause.getMessage(),
                "Check permissions and disk space",
                cause);
    }
}
