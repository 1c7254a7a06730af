package dev.hadal.chat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The attributes of an opening tag, from what stands between the tag's name and its end, which is
 * behind a quote.
 *
 * @param values by attribute; only {@code name} and {@code string} exist
 */
record TagAttributes(Map<String, String> values) {
    private static final String NAME = "name";
    private static final String STRING = "string";

    /** No attributes. */
    static TagAttributes none() {
        return new TagAttributes(Map.of());
    }

    /** Reads the tag of a call: it has nothing but a name, which may hold quotes. */
    static TagAttributes ofInvoke(String header) {
        int at = skipBlanks(header, 0);
        if (!attributeAt(header, at).equals(NAME)) {
            return none();
        }
        return new TagAttributes(Map.of(NAME, header.substring(header.indexOf('"', at) + 1, header.lastIndexOf('"'))));
    }

    /** Reads the tag of an argument: exactly in the format, or else in any order. */
    static TagAttributes ofParameter(String header) {
        for (boolean string : new boolean[] {true, false}) {
            String start = " name=\"";
            String end = "\" string=\"" + string + '"';
            if (header.startsWith(start) && header.endsWith(end) && header.length() >= start.length() + end.length()) {
                String name = header.substring(start.length(), header.length() - end.length());
                return new TagAttributes(Map.of(NAME, name, STRING, String.valueOf(string)));
            }
        }
        return inAnyOrder(header);
    }

    /** What cannot be read is left out. */
    private static TagAttributes inAnyOrder(String header) {
        Map<String, String> values = new HashMap<>();
        int at = skipBlanks(header, 0);
        while (at < header.length()) {
            String attribute = attributeAt(header, at);
            if (attribute.isEmpty()) {
                break;
            }
            int from = header.indexOf('"', at) + 1;
            int to = closingQuote(header, from);
            values.putIfAbsent(attribute, header.substring(from, to));
            at = skipBlanks(header, to + 1);
        }
        return new TagAttributes(Map.copyOf(values));
    }

    /** The name of the tool or argument. */
    Optional<String> name() {
        return Optional.ofNullable(values.get(NAME));
    }

    /** Whether the value is a bare string, if that is said. */
    Optional<Boolean> string() {
        return Optional.ofNullable(values.get(STRING))
                .filter(value -> value.equals("true") || value.equals("false"))
                .map(Boolean::valueOf);
    }

    /** The attribute that is assigned at {@code at}, or empty. */
    private static String attributeAt(String header, int at) {
        for (String attribute : new String[] {NAME, STRING}) {
            if (header.startsWith(attribute, at)) {
                int equals = skipBlanks(header, at + attribute.length());
                int quote = skipBlanks(header, equals + 1);
                if (header.startsWith("=", equals) && header.startsWith("\"", quote)) {
                    return attribute;
                }
            }
        }
        return "";
    }

    /** Names are not escaped: a quote is the closing one if nothing or another attribute follows. */
    private static int closingQuote(String header, int from) {
        for (int quote = header.indexOf('"', from); quote >= 0; quote = header.indexOf('"', quote + 1)) {
            int next = skipBlanks(header, quote + 1);
            if (next == header.length() || !attributeAt(header, next).isEmpty()) {
                return quote;
            }
        }
        return header.length();
    }

    private static int skipBlanks(String header, int at) {
        int next = at;
        while (next < header.length() && Tag.isBlank(header.charAt(next))) {
            next++;
        }
        return next;
    }
}
