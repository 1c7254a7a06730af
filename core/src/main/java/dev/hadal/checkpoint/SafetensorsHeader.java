package dev.hadal.checkpoint;

import dev.hadal.tensor.DType;
import dev.hadal.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the JSON header of a safetensors file, token by token. */
final class SafetensorsHeader {
    /** Most tensors accepted in one file; all of V4-Pro has 145,116. */
    static final int MAX_TENSORS = 262_144;

    /** Most dimensions accepted in a shape. */
    static final int MAX_DIMENSIONS = 8;

    private static final String METADATA = "__metadata__";
    private static final String REMEDY = "The file is damaged or not a safetensors file; download it again";

    private final String file;
    private final JsonParser json;

    private SafetensorsHeader(String file, JsonParser json) {
        this.file = file;
        this.json = json;
    }

    /** A tensor and where its bytes are, counted from the end of the header. */
    record Entry(TensorSpec spec, long begin, long end) {}

    /** Entries in the order of the header. Each one's bytes match its shape; how they lie together is not checked. */
    static List<Entry> read(String file, byte[] header) {
        if (header[0] != '{') {
            throw new CheckpointException(file, "the header does not start with '{'", REMEDY);
        }
        try (JsonParser json = UntrustedJson.parser(header)) {
            return new SafetensorsHeader(file, json).entries();
        } catch (JacksonException e) {
            throw UntrustedJson.refused(file, "the header ", e, REMEDY);
        }
    }

    /** Refuses overlaps, holes, and bytes that are missing or left over at the end. */
    static void requireExactCover(String file, List<Entry> entries, long dataBytes) {
        List<Entry> byPosition = entries.stream()
                .sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
                .toList();
        long position = 0;
        String previous = "the header";
        for (Entry entry : byPosition) {
            String name = entry.spec().name();
            if (entry.begin() < position) {
                throw new CheckpointException(
                        file, "tensor " + name + " at " + entry.begin() + " overlaps " + previous, REMEDY);
            }
            if (entry.begin() > position) {
                throw new CheckpointException(
                        file,
                        "there is a hole of " + (entry.begin() - position) + " bytes between " + previous
                                + " and tensor " + name,
                        REMEDY);
            }
            position = entry.end();
            previous = "tensor " + name;
        }
        if (position > dataBytes) {
            throw new CheckpointException(
                    file,
                    "is truncated: the tensors take " + position + " bytes and only " + dataBytes + " are there",
                    "Download the file again");
        }
        if (position < dataBytes) {
            throw new CheckpointException(
                    file, (dataBytes - position) + " bytes at the end belong to no tensor", REMEDY);
        }
    }

    private List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        json.nextToken();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            if (name.equals(METADATA)) {
                metadata();
                continue;
            }
            if (name.length() > UntrustedJson.MAX_NAME_LENGTH) {
                throw refused("a tensor name is " + name.length() + " characters long, more than "
                        + UntrustedJson.MAX_NAME_LENGTH);
            }
            if (entries.size() == MAX_TENSORS) {
                throw refused("lists more than " + MAX_TENSORS + " tensors");
            }
            entries.add(entry(name));
        }
        if (json.nextToken() != null) {
            throw refused("something follows the header object");
        }
        return entries;
    }

    private void metadata() {
        expect(JsonToken.START_OBJECT, METADATA, "an object");
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            expect(JsonToken.VALUE_STRING, METADATA + "." + json.currentName(), "text");
        }
    }

    private Entry entry(String name) {
        String tensor = "tensor " + name;
        expect(JsonToken.START_OBJECT, tensor, "an object");
        DType dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = json.currentName();
            switch (key) {
                case "dtype" -> dtype = dtype(tensor);
                case "shape" -> shape = integers(tensor, "shape", MAX_DIMENSIONS);
                case "data_offsets" -> offsets = integers(tensor, "data_offsets", 2);
                default -> throw refused(tensor + " has an unknown key " + key);
            }
        }
        return checked(
                name,
                requirePresent(dtype, tensor, "dtype"),
                requirePresent(shape, tensor, "shape"),
                requirePresent(offsets, tensor, "data_offsets"));
    }

    private Entry checked(String name, DType dtype, List<Long> shape, List<Long> offsets) {
        if (offsets.size() != 2) {
            throw refused("tensor " + name + " has " + offsets.size() + " data_offsets instead of 2");
        }
        long begin = offsets.get(0);
        long end = offsets.get(1);
        if (end < begin) {
            throw refused("tensor " + name + " ends at " + end + ", before it begins at " + begin);
        }
        long bytes = TensorSpec.byteSize(dtype, shape);
        if (bytes < 0) {
            throw refused("tensor " + name + ": the bytes of shape " + shape + " do not fit 63 bits");
        }
        if (bytes != end - begin) {
            throw refused("tensor " + name + ": shape " + shape + " of " + dtype + " takes " + bytes
                    + " bytes, data_offsets span " + (end - begin));
        }
        return new Entry(new TensorSpec(name, dtype, shape), begin, end);
    }

    private DType dtype(String tensor) {
        expect(JsonToken.VALUE_STRING, tensor + ": dtype", "text");
        String text = json.getString();
        for (DType dtype : DType.values()) {
            if (dtype.name().equals(text)) {
                return dtype;
            }
        }
        throw refused(tensor + " has the unknown dtype " + text);
    }

    private List<Long> integers(String tensor, String key, int most) {
        expect(JsonToken.START_ARRAY, tensor + ": " + key, "a list");
        List<Long> values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw refused(tensor + ": " + key + " holds something that is not a whole number");
            }
            if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER || json.getLongValue() < 0) {
                throw refused(tensor + ": " + key + " holds " + json.getString() + ", not a number of 0 to 63 bits");
            }
            if (values.size() == most) {
                throw refused(tensor + ": " + key + " has more than " + most + " entries");
            }
            values.add(json.getLongValue());
        }
        return values;
    }

    private void expect(JsonToken token, String what, String kind) {
        if (json.nextToken() != token) {
            throw refused(what + " is not " + kind);
        }
    }

    private <T> T requirePresent(@Nullable T value, String tensor, String key) {
        if (value == null) {
            throw refused(tensor + " has no " + key);
        }
        return value;
    }

    private CheckpointException refused(String problem) {
        return new CheckpointException(file, problem, REMEDY);
    }
}
