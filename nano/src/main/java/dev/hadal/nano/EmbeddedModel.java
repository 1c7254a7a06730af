package dev.hadal.nano;

import dev.hadal.checkpoint.CheckpointException;
import dev.hadal.checkpoint.ModelFiles;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URL;
import java.net.URLConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The model that this artifact carries: 17 million parameters in the true architecture, trained on templates. It is a
 * demonstration, not an assistant. Nothing is read before it is asked for; a file is read once, into memory outside the
 * heap.
 */
public final class EmbeddedModel implements ModelFiles {
    private static final List<String> NAMES = List.of(
            "config.json",
            "generation_config.json",
            "model-00001-of-00001.safetensors",
            "model.safetensors.index.json",
            "tokenizer.json",
            "tokenizer_config.json");

    /** As wide as the widest vector, so that a mapped shard and this memory look alike to the kernels. */
    private static final int ALIGNMENT_BYTES = 64;

    private static final int PIECE_BYTES = 1 << 18;
    private static final String DAMAGED = "The program itself is damaged; install it again";

    private final Arena arena = Arena.ofShared();
    private final Map<String, MemorySegment> contents = new HashMap<>();

    private EmbeddedModel() {}

    /** The files; each caller gets and closes its own. */
    public static ModelFiles files() {
        return new EmbeddedModel();
    }

    @Override
    public String origin() {
        return "embedded model";
    }

    @Override
    public List<String> names() {
        return NAMES;
    }

    @Override
    public boolean exists(String file) {
        return NAMES.contains(file);
    }

    @Override
    public long size(String file) {
        return content(file).byteSize();
    }

    @Override
    public byte[] read(String file, long maxBytes) {
        MemorySegment content = content(file);
        if (content.byteSize() > maxBytes) {
            throw new CheckpointException(
                    describe(file),
                    "is " + content.byteSize() + " bytes long, more than the " + maxBytes
                            + " that such a file may have",
                    DAMAGED);
        }
        return content.toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    public MemorySegment map(String file) {
        return content(file).asReadOnly();
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private MemorySegment content(String file) {
        synchronized (contents) {
            MemorySegment content = contents.get(file);
            if (content == null) {
                content = load(file);
                contents.put(file, content);
            }
            return content;
        }
    }

    private MemorySegment load(String file) {
        if (!exists(file)) {
            throw new CheckpointException(describe(file), "there is no such file", "It has only " + NAMES);
        }
        URL resource = EmbeddedModel.class.getResource("model/" + file);
        if (resource == null) {
            throw new CheckpointException(describe(file), "is missing", DAMAGED);
        }
        try {
            return copy(resource.openConnection());
        } catch (IOException e) {
            throw new CheckpointException(describe(file), "cannot be read: " + e.getMessage(), DAMAGED, e);
        }
    }

    /** In pieces, to do without an array of the size of the file. */
    private MemorySegment copy(URLConnection connection) throws IOException {
        MemorySegment content = arena.allocate(connection.getContentLengthLong(), ALIGNMENT_BYTES);
        byte[] piece = new byte[PIECE_BYTES];
        try (InputStream in = connection.getInputStream()) {
            long filled = 0;
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                MemorySegment.copy(piece, 0, content, ValueLayout.JAVA_BYTE, filled, count);
                filled += count;
            }
            if (filled != content.byteSize()) {
                throw new EOFException("it ends after " + filled + " of " + content.byteSize() + " bytes");
            }
        }
        return content;
    }

    private String describe(String file) {
        return origin() + ": " + file;
    }
}
