package dev.hadal.checkpoint;

import dev.hadal.tensor.TensorSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/**
 * Writes a safetensors file piece by piece: shapes are known at the start, bytes follow as they are computed, to several
 * tensors in any interleaving. The bytes go to {@code NAME.part}, which {@link #finish} renames, so that an incomplete
 * file never has the final name; closing without finishing removes it.
 */
public final class SafetensorsWriter implements AutoCloseable {
    private static final int ALIGNMENT = 8;
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final Path part;
    private final FileChannel channel;
    private final Map<String, Cursor> cursors = new LinkedHashMap<>();

    private SafetensorsWriter(Path file, Path part, FileChannel channel) {
        this.file = file;
        this.part = part;
        this.channel = channel;
    }

    /** What is still to be written of a tensor. */
    private static final class Cursor {
        private long position;
        private final long end;

        Cursor(long position, long end) {
            this.position = position;
            this.end = end;
        }
    }

    /**
     * Starts a file.
     *
     * @param file an existing one is replaced at the end
     * @param tensors in the order in which they will lie in the file
     * @throws CheckpointException when the name is taken by something that is not a file, or cannot be written
     * @throws IllegalArgumentException when a tensor is listed twice
     */
    public static SafetensorsWriter create(Path file, List<TensorSpec> tensors) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new CheckpointException(file.toString(), "exists and is not a file", "Choose another name");
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            return new SafetensorsWriter(file, part, channel).start(tensors);
        } catch (IOException e) {
            throw unwritable(part, e);
        }
    }

    /**
     * The header of a file with these tensors, its eight length bytes included, padded to eight, without
     * metadata: exactly what the files of the release have.
     */
    public static byte[] header(List<TensorSpec> tensors) {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        json.writeBytes(new byte[Long.BYTES]);
        try (JsonGenerator out = UntrustedJson.generator(json)) {
            out.writeStartObject();
            long begin = 0;
            for (TensorSpec tensor : tensors) {
                long end = Math.addExact(begin, tensor.byteSize());
                out.writeObjectPropertyStart(tensor.name());
                out.writeStringProperty("dtype", tensor.dtype().name());
                writeList(out, "shape", tensor.shape());
                writeList(out, "data_offsets", List.of(begin, end));
                out.writeEndObject();
                begin = end;
            }
            out.writeEndObject();
        }
        byte[] header = json.toByteArray();
        int length = header.length;
        header = Arrays.copyOf(header, Math.ceilDiv(length, ALIGNMENT) * ALIGNMENT);
        Arrays.fill(header, length, header.length, (byte) ' ');
        ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length - Long.BYTES);
        return header;
    }

    /**
     * Appends bytes to a tensor.
     *
     * @throws IllegalArgumentException when there is no such tensor or it would become too long
     */
    public void append(String tensor, MemorySegment bytes) {
        Cursor cursor = cursors.get(tensor);
        if (cursor == null) {
            throw new IllegalArgumentException("no tensor " + tensor + " in " + file);
        }
        if (bytes.byteSize() > cursor.end - cursor.position) {
            throw new IllegalArgumentException("tensor " + tensor + " in " + file + " has room for "
                    + (cursor.end - cursor.position) + " more bytes, not " + bytes.byteSize());
        }
        writeAt(bytes, cursor.position);
        cursor.position += bytes.byteSize();
    }

    /** Appends a row of an F32 tensor. */
    public void append(String tensor, float[] row) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(F32, row.length);
            MemorySegment.copy(row, 0, bytes, F32, 0, row.length);
            append(tensor, bytes);
        }
    }

    /**
     * Completes the file and gives it its name.
     *
     * @throws IllegalStateException when a tensor is incomplete
     */
    public void finish() {
        cursors.forEach((tensor, cursor) -> {
            if (cursor.position != cursor.end) {
                throw new IllegalStateException(
                        "tensor " + tensor + " in " + file + " lacks " + (cursor.end - cursor.position) + " bytes");
            }
        });
        try {
            channel.force(true);
            channel.close();
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** Removes what was written, unless it was finished. */
    @Override
    public void close() {
        if (channel.isOpen()) {
            try {
                channel.close();
                Files.deleteIfExists(part);
            } catch (IOException e) {
                throw unwritable(part, e);
            }
        }
    }

    private SafetensorsWriter start(List<TensorSpec> tensors) {
        byte[] header = header(tensors);
        long position = header.length;
        for (TensorSpec tensor : tensors) {
            Cursor cursor = new Cursor(position, position + tensor.byteSize());
            if (cursors.put(tensor.name(), cursor) != null) {
                close();
                throw new IllegalArgumentException("tensor " + tensor.name() + " is listed twice for " + file);
            }
            position = cursor.end;
        }
        writeAt(MemorySegment.ofArray(header), 0);
        return this;
    }

    /** In pieces, because a buffer cannot be longer than an int. */
    private void writeAt(MemorySegment bytes, long start) {
        long piece = 1 << 24;
        try {
            for (long done = 0; done < bytes.byteSize(); done += piece) {
                ByteBuffer buffer = bytes.asSlice(done, Math.min(piece, bytes.byteSize() - done))
                        .asByteBuffer();
                long position = start + done;
                while (buffer.hasRemaining()) {
                    position += channel.write(buffer, position);
                }
            }
        } catch (IOException e) {
            throw unwritable(part, e);
        }
    }

    private static void writeList(JsonGenerator out, String key, List<Long> values) {
        out.writeArrayPropertyStart(key);
        values.forEach(out::writeNumber);
        out.writeEndArray();
    }

    private static CheckpointException unwritable(Path path, IOException cause) {
        return new CheckpointException(
                path.toString(), "cannot be written: " + cause.getMessage(), "Check permissions and disk space", cause);
    }
}
