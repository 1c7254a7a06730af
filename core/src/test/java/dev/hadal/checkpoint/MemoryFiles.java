package dev.hadal.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/** A model directory that is only in memory, and the means to make damaged files for it. */
public final class MemoryFiles implements ModelFiles {
    private final TreeMap<String, byte[]> files = new TreeMap<>();
    private boolean closed;

    public MemoryFiles() {}

    public MemoryFiles with(String file, byte[] content) {
        files.put(file, content);
        return this;
    }

    public MemoryFiles with(String file, String content) {
        return with(file, content.getBytes(StandardCharsets.UTF_8));
    }

    /** A safetensors file of a header and so many zero bytes. */
    public static byte[] safetensors(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public String origin() {
        return "memory";
    }

    @Override
    public List<String> names() {
        return List.copyOf(files.keySet());
    }

    @Override
    public boolean exists(String file) {
        return files.containsKey(file);
    }

    @Override
    public long size(String file) {
        return Objects.requireNonNull(files.get(file)).length;
    }

    @Override
    public byte[] read(String file, long maxBytes) {
        return Objects.requireNonNull(files.get(file), file).clone();
    }

    @Override
    public MemorySegment map(String file) {
        return MemorySegment.ofArray(Objects.requireNonNull(files.get(file), file))
                .asReadOnly();
    }

    @Override
    public void close() {
        closed = true;
    }
}
