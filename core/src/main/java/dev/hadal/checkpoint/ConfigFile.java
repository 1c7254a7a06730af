package dev.hadal.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * A JSON object whose values are taken one by one with their type and range, so that each complaint can name file and
 * key. Remembers which keys were taken.
 */
public final class ConfigFile {
    private static final String REMEDY = "Use the published file";

    private final String origin;
    private final String prefix;
    private final JsonNode object;
    private final Set<String> taken = new HashSet<>();

    private ConfigFile(String origin, String prefix, JsonNode object) {
        this.origin = origin;
        this.prefix = prefix;
        this.object = object;
    }

    /**
     * Parses a JSON object.
     *
     * @param json the file's bytes
     * @param origin path or name, for messages
     * @throws CheckpointException when it is not a JSON object
     */
    public static ConfigFile parse(byte[] json, String origin) {
        try {
            ArrayNode values = UntrustedJson.values(json);
            if (values.size() != 1 || !values.get(0).isObject()) {
                throw new CheckpointException(origin, "is not a JSON object", REMEDY);
            }
            return new ConfigFile(origin, "", values.get(0));
        } catch (JacksonException e) {
            throw UntrustedJson.refused(origin, "", e, REMEDY);
        }
    }

    /** Path or name of the file, for messages. */
    public String origin() {
        return origin;
    }

    /** Whether the key is there and not null. */
    public boolean has(String key) {
        return find(key) != null;
    }

    /** A whole number in a range. */
    public int integer(String key, int least, int most) {
        JsonNode value = require(key);
        return integer(key, value, least, most);
    }

    /** A finite number in a range. */
    public double number(String key, double least, double most) {
        JsonNode value = require(key);
        double number = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (!(number >= least && number <= most)) {
            throw refused(key, "is " + value + ", not a number from " + least + " to " + most);
        }
        return number;
    }

    /** A text. */
    public String text(String key) {
        JsonNode value = require(key);
        if (!value.isString()) {
            throw refused(key, "is " + value + ", not text");
        }
        return value.stringValue();
    }

    /** Yes or no. */
    public boolean flag(String key) {
        JsonNode value = require(key);
        if (!value.isBoolean()) {
            throw refused(key, "is " + value + ", neither true nor false");
        }
        return value.booleanValue();
    }

    /** A list of whole numbers in a range. */
    public List<Integer> integers(String key, int least, int most) {
        JsonNode value = require(key);
        if (!value.isArray()) {
            throw refused(key, "is " + value + ", not a list");
        }
        List<Integer> values = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            values.add(integer(key + "[" + i + "]", value.get(i), least, most));
        }
        return List.copyOf(values);
    }

    /** A nested object. */
    public ConfigFile section(String key) {
        JsonNode value = require(key);
        if (!value.isObject()) {
            throw refused(key, "is " + value + ", not an object");
        }
        return new ConfigFile(origin, prefix + key + ".", value);
    }

    /** Refuses any other value than the one the program implements; {@code expected} is JSON. */
    public void requireValue(String key, String expected) {
        JsonNode value = require(key);
        byte[] json = expected.getBytes(StandardCharsets.UTF_8);
        if (!value.equals(UntrustedJson.values(json).get(0))) {
            throw new CheckpointException(
                    origin,
                    prefix + key + " is " + value + "; only " + expected + " is implemented",
                    "This is not a DeepSeek-V4 that this program can run");
        }
    }

    /** As {@link #requireValue}, for a key that may be absent. */
    public void requireValueIfPresent(String key, String expected) {
        if (has(key)) {
            requireValue(key, expected);
        }
    }

    /** Keys that nobody asked for, in the order of the file. */
    public List<String> untakenKeys() {
        return object.propertyNames().stream()
                .filter(key -> !taken.contains(key))
                .map(key -> prefix + key)
                .toList();
    }

    /** A complaint about a key: {@code file: key problem}. */
    public CheckpointException refused(String key, String problem) {
        return new CheckpointException(origin, prefix + key + " " + problem, REMEDY);
    }

    private int integer(String key, JsonNode value, int least, int most) {
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < least
                || value.intValue() > most) {
            throw refused(key, "is " + value + ", not a whole number from " + least + " to " + most);
        }
        return value.intValue();
    }

    private JsonNode require(String key) {
        JsonNode value = find(key);
        if (value == null) {
            throw refused(key, "is missing");
        }
        return value;
    }

    private @Nullable JsonNode find(String key) {
        taken.add(key);
        JsonNode value = object.get(key);
        return value == null || value.isNull() ? null : value;
    }
}
