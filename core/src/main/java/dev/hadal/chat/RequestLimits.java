package dev.hadal.chat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What a request body may be made of. Besides, it has at most 2,000,000 values, no key twice in an object, and only
 * text that is Unicode.
 *
 * @param depth most nesting of anything but schemas, the body included
 * @param schemaDepth most nesting of a schema
 * @param numberChars longest number
 * @param keyChars longest key
 * @param keys most keys of one object
 */
public record RequestLimits(int depth, int schemaDepth, int numberChars, int keyChars, int keys) {
    private static final RequestLimits DEFAULTS = new RequestLimits(64, 256, 64, 1_024, 10_000);

    /** Where clients put schemas. */
    private static final List<String> SCHEMAS = List.of("tools", "response_format", "output_config", "text");
    /** Body, list of tools, tool, function: what encloses a schema. */
    static final int SCHEMA_ENCLOSURE = 4;

    /** 64 levels, 256 in schemas, numbers of 64 characters, keys of 1,024, 10,000 of them. */
    public static RequestLimits defaults() {
        return DEFAULTS;
    }

    void check(Field body) {
        requireKeys(body);
        for (Field.Member member : body.members()) {
            Field field = member.value();
            requireUnicode(field, member.name());
            if (SCHEMAS.contains(member.name())) {
                check(field, schemaDepth + SCHEMA_ENCLOSURE - 1);
            } else if (field.isArray()) {
                field.elements().forEach(element -> check(element, depth - 2));
            } else {
                check(field, depth - 1);
            }
        }
    }

    private void requireKeys(Field field) {
        if (field.isObject() && field.node().size() > keys) {
            throw field.refused("an object has " + field.node().size() + " keys, at most " + keys + " are possible");
        }
    }

    /** Walks level by level, never deeper than allowed. */
    private void check(Field field, int levels) {
        Deque<JsonNode> level = new ArrayDeque<>();
        level.add(field.node());
        for (int at = 0; !level.isEmpty(); at++) {
            for (int count = level.size(); count > 0; count--) {
                JsonNode node = level.remove();
                if (node.isString()) {
                    requireUnicode(field, node.stringValue());
                } else if (node.isContainer()) {
                    if (at == levels) {
                        int most = levels > depth ? schemaDepth : depth;
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
                    throw field.refused(
                            "holds an unpaired surrogate (\\u%04x), which is no Unicode text".formatted((int) c));
                }
                index++;
            }
        }
    }
}
