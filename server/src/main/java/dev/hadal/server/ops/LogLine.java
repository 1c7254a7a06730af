package dev.hadal.server.ops;

import java.util.Map;

/**
 * A message with fields, written {@code message name=value ...}. Values from outside are made harmless: whatever they
 * hold, it stays one field of one line, and a terminal shows it as it is.
 */
final class LogLine {
    private static final int MOST_CHARS = 128 << 10;

    private LogLine() {}

    static String of(String message, Map<String, Object> fields) {
        StringBuilder line = new StringBuilder(message);
        fields.forEach(
                (name, value) -> line.append(' ').append(name).append('=').append(value(value)));
        return line.toString();
    }

    private static String value(Object value) {
        if (value instanceof Number || value instanceof Boolean) {
            return value.toString();
        }
        String text = String.valueOf(value);
        boolean plain =
                !text.isEmpty() && text.length() <= MOST_CHARS && text.chars().allMatch(LogLine::isPlain);
        return plain ? text : quoted(text);
    }

    private static boolean isPlain(int c) {
        return c > ' ' && c < 127 && c != '"' && c != '=' && c != '\\';
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().limit(MOST_CHARS).forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c >= ' ' && c < 127) {
                quoted.append((char) c);
            } else {
                quoted.append("\\u%04x".formatted(c));
            }
        });
        return quoted.append(text.length() > MOST_CHARS ? "...\"" : "\"").toString();
    }
}
