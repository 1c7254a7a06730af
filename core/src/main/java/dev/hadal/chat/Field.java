package dev.hadal.chat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;

/**
 * A value of a request together with the path that leads to it, so that every refusal can name it.
 *
 * @param path such as {@code messages[2].content}
 * @param node the value; a missing node if the field is absent
 */
record Field(String path, JsonNode node) {

    /** The object that a whole body is. */
    static Field body(byte[] utf8) {
        JsonNode tree;
        try {
            tree = JsonText.tree(utf8);
        } catch (JacksonException e) {
            throw new ChatRequestException("", "the body cannot be read as JSON: " + reason(e));
        }
        Field body = new Field("", tree);
        if (!tree.isObject()) {
            throw body.refused("the body must be a JSON object, but is " + body.kind());
        }
        return body;
    }

    private static String reason(JacksonException e) {
        String reason = e.getOriginalMessage().lines().findFirst().orElse("");
        // A broken limit, unlike broken grammar, has no place.
        TokenStreamLocation at = e.getLocation();
        return at == null ? reason : reason + " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    }

    /** A member of this object. */
    Field get(String name) {
        return new Field(path.isEmpty() ? name : path + "." + name, node.path(name));
    }

    /** Whether there is nothing here: absent or null. */
    boolean absent() {
        return node.isMissingNode() || node.isNull();
    }

    /** This field, unless absent. */
    Optional<Field> present() {
        return absent() ? Optional.empty() : Optional.of(this);
    }

    String string() {
        require(node.isString(), "a string");
        return node.stringValue();
    }

    /** The string here, or {@code otherwise} if absent. */
    String string(String otherwise) {
        return absent() ? otherwise : string();
    }

    boolean bool(boolean otherwise) {
        if (absent()) {
            return otherwise;
        }
        require(node.isBoolean(), "true or false");
        return node.booleanValue();
    }

    Field object() {
        require(node.isObject(), "an object");
        return this;
    }

    /** The elements of the array here; none if absent. */
    List<Field> elements() {
        List<Field> elements = new ArrayList<>();
        if (!absent()) {
            require(node.isArray(), "an array");
            for (JsonNode element : node.values()) {
                elements.add(new Field(path + "[" + elements.size() + "]", element));
            }
        }
        return elements;
    }

    /** The constant named here in lower case, or {@code otherwise} if absent. */
    <E extends Enum<E>> E constant(Class<E> type, E otherwise) {
        if (absent()) {
            return otherwise;
        }
        String word = string();
        List<String> expected = Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
        int index = expected.indexOf(word);
        if (index < 0) {
            throw unknown(word, expected);
        }
        return type.getEnumConstants()[index];
    }

    /** The refusal of a word that is none of the known ones. */
    ChatRequestException unknown(String word, List<String> expected) {
        return refused("unknown variant `" + word + "`, expected one of `" + String.join("`, `", expected) + "`");
    }

    ChatRequestException refused(String reason) {
        return new ChatRequestException(path, reason);
    }

    private void require(boolean condition, String expected) {
        if (!condition) {
            throw refused(
                    node.isMissingNode()
                            ? "is required and must be " + expected
                            : "must be " + expected + ", but is " + kind());
        }
    }

    private String kind() {
        return switch (node.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "an array";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "a boolean";
            case NULL -> "null";
            default -> "nothing";
        };
    }
}
