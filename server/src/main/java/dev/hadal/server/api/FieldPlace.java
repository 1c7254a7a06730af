package dev.hadal.server.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.json.JsonMapper;

/** Finds where in a body a field ends, for messages in the words of the hosted service; read only when one is wrong. */
final class FieldPlace {
    private FieldPlace() {}

    /**
     * The place where the value ends, or, if there is none, the object that lacks it: {@code at line 1 column 27}.
     *
     * @param path such as {@code messages[2].content}
     */
    static Optional<String> of(byte[] body, String path) {
        try (JsonParser parser = JsonMapper.shared().createParser(body)) {
            parser.nextToken();
            for (String segment : segments(path)) {
                if (!descend(parser, segment)) {
                    break;
                }
            }
            if (parser.currentToken() != null && parser.currentToken().isStructStart()) {
                parser.skipChildren();
            }
            parser.finishToken();
            TokenStreamLocation at = parser.currentLocation();
            return Optional.of("at line " + at.getLineNr() + " column " + (at.getColumnNr() - 1));
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    /** Moves from a container to the value of one of its members, or to its end. */
    private static boolean descend(JsonParser parser, String segment) {
        boolean object = parser.currentToken() == JsonToken.START_OBJECT;
        if (!object && parser.currentToken() != JsonToken.START_ARRAY) {
            return false;
        }
        for (int index = 0; ; index++) {
            JsonToken token = parser.nextToken();
            if (token == null || token.isStructEnd()) {
                return false;
            }
            String name = String.valueOf(index);
            if (object) {
                name = String.valueOf(parser.currentName());
                parser.nextToken();
            }
            if (name.equals(segment)) {
                return true;
            }
            parser.skipChildren();
        }
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        StringBuilder segment = new StringBuilder();
        for (int at = 0; at < path.length(); at++) {
            char c = path.charAt(at);
            if (c == '.' || c == '[' || c == ']') {
                if (!segment.isEmpty()) {
                    segments.add(segment.toString());
                }
                segment.setLength(0);
            } else {
                segment.append(c);
            }
        }
        if (!segment.isEmpty()) {
            segments.add(segment.toString());
        }
        return segments;
    }
}
