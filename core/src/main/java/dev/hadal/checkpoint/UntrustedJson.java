package dev.hadal.checkpoint;

import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ContainerNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How JSON of a stranger is read: little depth, short numbers, short names, every key once. Opening a model must not
 * need an object mapper: setting one up takes a tenth of a second, which is spent on the calendars of all countries.
 */
final class UntrustedJson {
    /** Longest accepted tensor or file name, in characters. */
    static final int MAX_NAME_LENGTH = 256;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxNumberLength(64)
                    .maxNameLength(16 * MAX_NAME_LENGTH)
                    .maxStringLength(16 * MAX_NAME_LENGTH)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private UntrustedJson() {}

    static JsonParser parser(byte[] json) {
        return FACTORY.createParser(ObjectReadContext.empty(), json);
    }

    static JsonGenerator generator(OutputStream to) {
        return FACTORY.createGenerator(ObjectWriteContext.empty(), to);
    }

    /** The values that stand in a text one after the other: a proper file has one. */
    static ArrayNode values(byte[] json) {
        ArrayNode values = NODES.arrayNode();
        Deque<ContainerNode<?>> open = new ArrayDeque<>();
        open.push(values);
        try (JsonParser in = parser(json)) {
            for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
                if (token.isStructEnd()) {
                    open.pop();
                } else if (token != JsonToken.PROPERTY_NAME) {
                    JsonNode value = value(in, token);
                    add(open.element(), in.currentName(), value);
                    if (value instanceof ContainerNode<?> container) {
                        open.push(container);
                    }
                }
            }
        }
        return values;
    }

    private static void add(ContainerNode<?> parent, @Nullable String name, JsonNode value) {
        if (parent instanceof ObjectNode object) {
            object.set(Objects.requireNonNull(name), value);
        } else {
            ((ArrayNode) parent).add(value);
        }
    }

    private static JsonNode value(JsonParser in, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> NODES.objectNode();
            case START_ARRAY -> NODES.arrayNode();
            case VALUE_STRING -> NODES.stringNode(in.getString());
            case VALUE_NUMBER_INT -> whole(in);
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(in.getDoubleValue());
            case VALUE_TRUE, VALUE_FALSE -> NODES.booleanNode(token == JsonToken.VALUE_TRUE);
            default -> NODES.nullNode();
        };
    }

    private static JsonNode whole(JsonParser in) {
        return switch (in.getNumberType()) {
            case INT -> NODES.numberNode(in.getIntValue());
            case LONG -> NODES.numberNode(in.getLongValue());
            default -> NODES.numberNode(in.getBigIntegerValue());
        };
    }

    /** What to say when the parser gives up; it does not always know where. */
    static CheckpointException refused(String file, String what, JacksonException cause, String remedy) {
        TokenStreamLocation location = cause.getLocation();
        String where = location == null ? "" : " at byte " + location.getByteOffset();
        return new CheckpointException(
                file, what + "cannot be parsed" + where + ": " + cause.getOriginalMessage(), remedy, cause);
    }
}
