package dev.hadal.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads {@code model.safetensors.index.json}: which shard holds which tensor. */
final class ShardIndex {
    static final String FILE = "model.safetensors.index.json";

    /** Largest accepted index; that of V4-Pro has about 13 MB. */
    static final long MAX_BYTES = 64L << 20;

    private static final String REMEDY = "Download the index again";

    private ShardIndex() {}

    /**
     * Tensor names to shard names, in the order of the index.
     *
     * @throws CheckpointException when it is not an index or names something that is not a plain file name
     */
    static Map<String, String> read(String origin, byte[] index) {
        try (JsonParser json = UntrustedJson.parser(index)) {
            Map<String, String> weightMap = new LinkedHashMap<>();
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new CheckpointException(origin, "is not a JSON object", REMEDY);
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean isWeightMap = json.currentName().equals("weight_map");
                json.nextToken();
                if (isWeightMap) {
                    readWeightMap(origin, json, weightMap);
                } else {
                    json.skipChildren();
                }
            }
            if (weightMap.isEmpty()) {
                throw new CheckpointException(origin, "has no weight_map, or an empty one", REMEDY);
            }
            return weightMap;
        } catch (JacksonException e) {
            throw UntrustedJson.refused(origin, "", e, REMEDY);
        }
    }

    private static void readWeightMap(String origin, JsonParser json, Map<String, String> weightMap) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new CheckpointException(origin, "weight_map is not an object", REMEDY);
        }
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String tensor = json.currentName();
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw new CheckpointException(origin, "the shard of tensor " + tensor + " is not text", REMEDY);
            }
            String shard = json.getString();
            if (!isPlain(shard)) {
                throw new CheckpointException(
                        origin, "the shard of tensor " + tensor + " is not a plain .safetensors name", REMEDY);
            }
            weightMap.put(tensor, shard);
        }
    }

    private static boolean isPlain(String shard) {
        return shard.length() <= UntrustedJson.MAX_NAME_LENGTH
                && shard.endsWith(".safetensors")
                && shard.chars().allMatch(ShardIndex::isPlain);
    }

    private static boolean isPlain(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '_'
                || c == '.';
    }
}
