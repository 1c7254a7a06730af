package dev.hadal.server.script;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A place in a script.
 *
 * @param origin the file
 * @param path how to get there, such as {@code rules[2].when}; empty for the whole
 * @param node what is there
 */
record ScriptNode(String origin, String path, JsonNode node) {
    private static final double MILLIS = 1e6;
    private static final double SECONDS = 1e9;

    /** The refusal of this place. */
    ScriptException refused(String why) {
        return new ScriptException(origin + ": " + (path.isEmpty() ? "the script " : path + " ") + why);
    }

    /** Refuses anything but an object with some of these keys. */
    void allow(String... keys) {
        for (String key : object().propertyNames()) {
            if (!Arrays.asList(keys).contains(key)) {
                throw refused("has an unknown key \"" + key + "\"; known are " + String.join(", ", keys));
            }
        }
    }

    ObjectNode object() {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw refused("must be a mapping");
    }

    /** What is under a key; null if nothing is. */
    @Nullable
    ScriptNode get(String key) {
        JsonNode value = object().get(key);
        return value == null || value.isNull()
                ? null
                : new ScriptNode(origin, path.isEmpty() ? key : path + "." + key, value);
    }

    ScriptNode required(String key) {
        ScriptNode value = get(key);
        if (value == null) {
            throw refused("needs " + key);
        }
        return value;
    }

    List<ScriptNode> elements() {
        if (!node.isArray()) {
            throw refused("must be a list");
        }
        List<ScriptNode> elements = new ArrayList<>();
        for (JsonNode element : node) {
            elements.add(new ScriptNode(origin, path + "[" + elements.size() + "]", element));
        }
        return elements;
    }

    /** A scalar as text; numbers and truth values as they are written. */
    String text() {
        if (node.isContainer()) {
            throw refused("must be a text");
        }
        return node.asString();
    }

    /** The text under a key; empty if there is none. */
    String string(String key) {
        ScriptNode value = get(key);
        return value == null ? "" : value.text();
    }

    int integer(String key, int otherwise, int least, int most) {
        ScriptNode value = get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.node.isInt() || value.node.intValue() < least || value.node.intValue() > most) {
            throw value.refused("must be a whole number from " + least + " to " + most);
        }
        return value.node.intValue();
    }

    <E extends Enum<E>> E constant(String key, Class<E> type, E otherwise) {
        ScriptNode value = get(key);
        if (value == null) {
            return otherwise;
        }
        List<String> names = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            String name = constant.name().toLowerCase(Locale.ROOT);
            if (name.equals(value.text())) {
                return constant;
            }
            names.add(name);
        }
        throw value.refused("must be one of " + String.join(", ", names));
    }

    /** A length of time such as {@code 20ms} or {@code 1.5s}. */
    Duration duration(String key, Duration otherwise, Duration most) {
        ScriptNode value = get(key);
        if (value == null) {
            return otherwise;
        }
        Duration duration = value.duration(value.text());
        if (duration.isNegative() || duration.compareTo(most) > 0) {
            throw value.refused("must be from 0ms to " + most.toSeconds() + "s");
        }
        return duration;
    }

    private Duration duration(String text) {
        boolean millis = text.endsWith("ms");
        if (millis || text.endsWith("s")) {
            try {
                double number = Double.parseDouble(text.substring(0, text.length() - (millis ? 2 : 1)));
                return Duration.ofNanos(Math.round(number * (millis ? MILLIS : SECONDS)));
            } catch (NumberFormatException _) {
                // refused below
            }
        }
        throw refused("must be a length of time such as 20ms or 1.5s");
    }
}
