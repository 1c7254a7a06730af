package dev.hadal.checkpoint;

import dev.hadal.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One safetensors file: eight bytes of header length, a JSON header, the tensors' bytes. The file is refused unless the
 * tensors cover everything behind the header exactly once.
 */
public final class SafetensorsFile {
    /** Longest accepted header; the largest published shard of V4 has less than 1 MB. */
    public static final long MAX_HEADER_BYTES = 100_000_000;

    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final String DOWNLOAD = "Download the file again";

    private final Map<String, Tensor> tensors;

    private SafetensorsFile(Map<String, Tensor> tensors) {
        this.tensors = tensors;
    }

    /**
     * Reads the header. Nothing is allocated from a number in the file, only from its actual size.
     *
     * @param file path or name, for messages
     * @param bytes the whole file; the tensors are slices of it
     * @throws CheckpointException naming file, tensor and rule when anything is not as the format says
     */
    public static SafetensorsFile parse(String file, MemorySegment bytes) {
        if (bytes.byteSize() < 8) {
            throw new CheckpointException(
                    file, "is " + bytes.byteSize() + " bytes long, too short for a safetensors header", DOWNLOAD);
        }
        long headerBytes = bytes.get(LENGTH, 0);
        if (headerBytes <= 0 || headerBytes > MAX_HEADER_BYTES) {
            throw new CheckpointException(
                    file, "header length " + headerBytes + " is not between 1 and " + MAX_HEADER_BYTES, DOWNLOAD);
        }
        if (headerBytes > bytes.byteSize() - 8) {
            throw new CheckpointException(
                    file,
                    "header length " + headerBytes + " reaches beyond the end of the file at " + bytes.byteSize(),
                    DOWNLOAD);
        }
        MemorySegment data = bytes.asSlice(8 + headerBytes);
        byte[] header = bytes.asSlice(8, headerBytes).toArray(ValueLayout.JAVA_BYTE);
        List<SafetensorsHeader.Entry> entries = SafetensorsHeader.read(file, header);
        SafetensorsHeader.requireExactCover(file, entries, data.byteSize());
        Map<String, Tensor> tensors = LinkedHashMap.newLinkedHashMap(entries.size());
        for (SafetensorsHeader.Entry entry : entries) {
            MemorySegment slice = data.asSlice(entry.begin(), entry.end() - entry.begin());
            tensors.put(entry.spec().name(), new Tensor(entry.spec(), slice));
        }
        return new SafetensorsFile(Collections.unmodifiableMap(tensors));
    }

    /** The tensors by name, in the order of the header. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }
}
