package dev.hadal.chat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON from outside, read with limits that keep stack and time bounded. */
final class JsonText {
    private static final int SCHEMA_DEPTH = RequestLimits.defaults().schemaDepth();
    private static final int NUMBER_CHARS = 1_000;
    /** Keeps the tree of a body within a few hundred megabytes, whatever it consists of. */
    private static final long REQUEST_TOKENS = 2_000_000;

    /** A context of a million tokens stays below this; callers bound whole bodies. */
    private static final int STRING_CHARS = 64 << 20;

    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder()
            .maxNestingDepth(SCHEMA_DEPTH + RequestLimits.SCHEMA_ENCLOSURE)
            .maxNumberLength(NUMBER_CHARS)
            .maxStringLength(STRING_CHARS)
            .build();

    /** A key that is given twice has no meaning that client and server could agree on. */
    private static final JsonMapper REQUESTS =
            JsonMapper.builder(requests(RequestLimits.defaults())).build();

    /** Standard JSON. */
    private static final JsonFactory STANDARD =
            JsonFactory.builder().streamReadConstraints(LIMITS).build();

    private static final JsonMapper TREES = JsonMapper.builder(STANDARD).build();

    /** What Python reads: also NaN, Infinity and -Infinity. */
    private static final JsonMapper PYTHON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(LIMITS)
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build())
            .build();

    private JsonText() {}

    /**
     * The tree of a request body, under narrower limits.
     *
     * @throws JacksonException if it is not one JSON value within the limits
     */
    static JsonNode request(byte[] utf8, RequestLimits limits) {
        JsonMapper mapper = limits.equals(RequestLimits.defaults())
                ? REQUESTS
                : JsonMapper.builder(requests(limits)).build();
        return mapper.readTree(utf8);
    }

    private static JsonFactory requests(RequestLimits limits) {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(
                                Math.max(limits.depth(), limits.schemaDepth() + RequestLimits.SCHEMA_ENCLOSURE))
                        .maxNumberLength(limits.numberChars())
                        .maxNameLength(limits.keyChars())
                        .maxStringLength(STRING_CHARS)
                        .maxTokenCount(REQUEST_TOKENS)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
    }

    /**
     * The tree of a document.
     *
     * @throws JacksonException if it is not one JSON value within the limits
     */
    static JsonNode tree(String json) {
        return TREES.readTree(json);
    }

    /** The tree of what Python would accept as one JSON value, if it is that. */
    static Optional<JsonNode> pythonTree(String json) {
        try {
            JsonNode tree = PYTHON.readTree(json);
            return tree.isMissingNode() ? Optional.empty() : Optional.of(tree);
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    /** Whether {@code json} is exactly one standard JSON value within the limits. */
    static boolean valid(String json) {
        try (JsonParser parser = TREES.createParser(json)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            // Numbers are decoded lazily; only this touches the digits of a lone one.
            parser.finishToken();
            return parser.nextToken() == null;
        } catch (JacksonException _) {
            return false;
        }
    }

    /** Whether {@code tree} nests more than {@code levels} arrays and objects, itself included. */
    static boolean deeperThan(JsonNode tree, int levels) {
        Deque<JsonNode> level = new ArrayDeque<>();
        level.add(tree);
        for (int depth = 0; depth < levels; depth++) {
            for (int count = level.size(); count > 0; count--) {
                for (JsonNode child : level.remove().values()) {
                    if (child.isContainer()) {
                        level.add(child);
                    }
                }
            }
        }
        return !level.isEmpty();
    }
}
