package dev.hadal.chat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;

/** A value of a request together with the path that leads to it, so that every refusal can name it. */
public final class Field {
    private final String path;
    private final JsonNode node;

    /**
     * @param path such as {@code messages[2].content}
     * @param node the value; a missing node if the field is absent
     */
    Field(String path, JsonNode node) {
        this.path = path;
        this.node = node;
    }

    /**
     * The object that a whole body is.
     *
     * @param utf8 the JSON text
     * @throws ChatRequestException if it is not one JSON object within the usual limits
     */
    public static Field body(byte[] utf8) {
        return body(utf8, RequestLimits.defaults());
    }

    /** As {@link #body(byte[])}, within other limits. */
    public static Field body(byte[] utf8, RequestLimits limits) {
        JsonNode tree;
        try {
            tree = JsonText.request(utf8, limits);
        } catch (JacksonException e) {
            throw new ChatRequestException("", "the body cannot be read as JSON: " + reason(e));
        }
        Field body = new Field("", tree);
        if (!tree.isObject()) {
            throw body.refused("the body must be a JSON object, but is " + body.kind());
        }
        limits.check(body);
        return body;
    }

    /** Such as {@code messages[2].content}; empty for the body itself. */
    public String path() {
        return path;
    }

    JsonNode node() {
        return node;
    }

    private static String reason(JacksonException e) {
        String reason = e instanceof MismatchedInputException
                ? "something follows the end of it"
                : withoutInside(e.getOriginalMessage().lines().findFirst().orElse(""));
        // A broken limit, unlike broken grammar, has no place.
        TokenStreamLocation at = e.getLocation();
        return at == null ? reason : reason + " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    }

    /** The parser names classes in which its limits can be set and how it shows its source, which is nobody's business outside. */
    private static String withoutInside(String reason) {
        int setting = reason.indexOf(", from `");
        int source = reason.indexOf(" (start marker at [");
        if (setting >= 0) {
            return reason.substring(0, setting) + ")";
        }
        return source >= 0 ? reason.substring(0, source) : reason;
    }

    /** A member of this object. */
    public Field get(String name) {
        return new Field(path.isEmpty() ? name : path + "." + name, node.path(name));
    }

    /** Whether there is nothing here: absent or null. */
    public boolean absent() {
        return node.isMissingNode() || node.isNull();
    }

    /** This field, unless absent. */
    public Optional<Field> present() {
        return absent() ? Optional.empty() : Optional.of(this);
    }

    /** Whether this is a string. */
    public boolean isString() {
        return node.isString();
    }

    /** Whether this is an array. */
    public boolean isArray() {
        return node.isArray();
    }

    /** Whether this is an object. */
    public boolean isObject() {
        return node.isObject();
    }

    /** The string here. */
    public String string() {
        require(node.isString(), "a string");
        return node.stringValue();
    }

    /** The string here, or {@code otherwise} if absent. */
    public String string(String otherwise) {
        return absent() ? otherwise : string();
    }

    /** The truth value here, or {@code otherwise} if absent. */
    public boolean bool(boolean otherwise) {
        if (absent()) {
            return otherwise;
        }
        require(node.isBoolean(), "true or false");
        return node.booleanValue();
    }

    /** The number here, or {@code otherwise} if absent; finite. */
    public double number(double otherwise) {
        if (absent()) {
            return otherwise;
        }
        require(node.isNumber(), "a number");
        double value = node.doubleValue();
        if (Double.isInfinite(value)) {
            throw refused("must be a number, but is too large for one");
        }
        return value;
    }

    /** The integer here, or {@code otherwise} if absent. A number with a fraction or an exponent is none. */
    public long integer(long otherwise) {
        if (absent()) {
            return otherwise;
        }
        require(node.isNumber(), "an integer");
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            throw refused("must be an integer of at most 64 bits, but is " + node);
        }
        return node.longValue();
    }

    /** This, which must be an object. */
    public Field object() {
        require(node.isObject(), "an object");
        return this;
    }

    /** The members of the object here, in order; none if absent. */
    public List<Member> members() {
        List<Member> members = new ArrayList<>();
        if (!absent()) {
            object();
            node.properties().forEach(entry -> members.add(new Member(entry.getKey(), get(entry.getKey()))));
        }
        return members;
    }

    /** The JSON text of this value, spelled as {@link PythonJson} does; {@code null} if absent. */
    public String json() {
        return absent() ? "null" : PythonJson.text(node);
    }

    /**
     * A member of an object.
     *
     * @param name its key
     * @param value what it holds
     */
    public record Member(String name, Field value) {}

    /** The elements of the array here; none if absent. */
    public List<Field> elements() {
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
    public <E extends Enum<E>> E constant(Class<E> type, E otherwise) {
        if (absent()) {
            return otherwise;
        }
        List<String> expected = Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
        return type.getEnumConstants()[expected.indexOf(word(expected))];
    }

    /** The string here, which must be one of {@code expected}. */
    public String word(List<String> expected) {
        String word = string();
        if (!expected.contains(word)) {
            throw unknown(word, expected);
        }
        return word;
    }

    /** The refusal of a word that is none of the known ones. */
    public ChatRequestException unknown(String word, List<String> expected) {
        return refused("unknown variant `" + word + "`, expected one of `" + String.join("`, `", expected) + "`");
    }

    /** The refusal of this field. */
    public ChatRequestException refused(String reason) {
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
