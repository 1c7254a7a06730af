package dev.hadal.chat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What a request body may be made of, besides what the reader of JSON itself refuses (numbers of more than 64
 * characters, keys of more than 1 KiB, a key given twice, more than 2,000,000 values): objects of at most 10,000 keys,
 * nesting of at most 64 levels (256 in what holds schemas), and text that is Unicode.
 */
public final class RequestLimits {
    /** Most keys of one object. */
    public static final int KEYS = 10_000;
    /** Most nesting of anything but schemas, the body included. */
    public static final int DEPTH = 64;
    /** Most nesting of a schema. */
    public static final int SCHEMA_DEPTH = 256;

    /** Where clients put schemas. */
    private static final List<String> SCHEMAS = List.of("tools", "response_format", "output_config", "text");

    private RequestLimits() {}

    static void check(Field body) {
        requireKeys(body);
        for (Field.Member member : body.members()) {
            Field field = member.value();
            requireUnicode(field, member.name());
            if (SCHEMAS.contains(member.name())) {
                check(field, SCHEMA_DEPTH + 3);
            } else if (field.isArray()) {
                field.elements().forEach(element -> check(element, DEPTH - 2));
            } else {
                check(field, DEPTH - 1);
            }
        }
    }

    private static void requireKeys(Field field) {
        if (field.isObject() && field.node().size() > KEYS) {
            throw field.refused("an object has " + field.node().size() + " keys, at most " + KEYS + " are possible");
        }
    }

    /** Walks level by level, never deeper than allowed. */
    private static void check(Field field, int levels) {
        Deque<JsonNode> level = new ArrayDeque<>();
        level.add(field.node());
        for (int depth = 0; !level.isEmpty(); depth++) {
            for (int count = level.size(); count > 0; count--) {
                JsonNode node = level.remove();
                if (node.isString()) {
                    requireUnicode(field, node.stringValue());
                } else if (node.isContainer()) {
                    if (depth == levels) {
                        int most = levels > DEPTH ? SCHEMA_DEPTH : DEPTH;
                        throw field.refused("is nested deeper than " + most + " levels");
                    }
                    requireKeys(new Field(field.path(), node));
                    for (Map.Entry<String, JsonNode> member : node.properties()) {
                        requireUnicode(field, member.getKey());
                    }
                    level.addAll(node.values());
                }
            }
        }
    }

    /** Half of a pair is no character: no encoding could pass it on, and to replace it would change the text. */
    static void requireUnicode(Field field, String text) {
        for (int index = 0; index < text.length(); index++) {
            char c = text.charAt(index);
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && index + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(index + 1));
                if (!pair) {
                    throw field.refused("holds an unpaired surrogate (\\u%04x), which is no Unicode text"
                            .formatted((int) c));
                }
                index++;
            }
        }
    }
}
