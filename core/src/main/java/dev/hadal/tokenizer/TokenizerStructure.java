package dev.hadal.tokenizer;

import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Everything in a {@code tokenizer.json} besides its tokens must be what V4's file says, because the code implements
 * exactly that and would silently give other ids for anything else. Values are compared as they are read.
 */
final class TokenizerStructure {
    private static final String SPLITS = "/pre_tokenizer/pretokenizers/";
    private static final String BYTE_LEVEL = SPLITS + PreSplitter.PATTERNS.size() + "/";
    private static final String NO = "false";
    private static final String NULL = "null";

    private static final Map<String, String> REQUIRED = required();

    private static final Map<String, String> OPTIONAL = Map.ofEntries(
            Map.entry("/version", quoted("1.0")),
            Map.entry("/truncation", NULL),
            Map.entry("/padding", NULL),
            Map.entry("/normalizer", NULL),
            Map.entry("/normalizer/type", quoted("Sequence")),
            Map.entry("/post_processor", NULL),
            Map.entry("/post_processor/type", quoted("ByteLevel")),
            Map.entry("/model/dropout", NULL),
            Map.entry("/model/unk_token", NULL),
            Map.entry("/model/continuing_subword_prefix", NULL),
            Map.entry("/model/end_of_word_suffix", NULL),
            Map.entry("/model/fuse_unk", NO),
            Map.entry("/model/byte_fallback", NO),
            Map.entry("/model/ignore_merges", NO));

    /** Settings of the character offsets that other libraries report; ids and text do not depend on them. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            BYTE_LEVEL + "trim_offsets",
            "/post_processor/add_prefix_space",
            "/post_processor/trim_offsets",
            "/post_processor/use_regex",
            "/decoder/add_prefix_space",
            "/decoder/trim_offsets",
            "/decoder/use_regex");

    private final String origin;
    private final Set<String> seen = new HashSet<>();

    /** The expectations for one file, named {@code origin} in messages. */
    TokenizerStructure(String origin) {
        this.origin = origin;
    }

    /** A JSON string as {@link #accept} wants it. */
    static String quoted(String text) {
        return '"' + text + '"';
    }

    /**
     * Compares one value of the file.
     *
     * @param pointer where it stands, as a JSON pointer
     * @param value its JSON text, strings {@link #quoted} but not escaped
     */
    void accept(String pointer, String value) {
        if (!seen.add(pointer)) {
            throw TokenizerFile.refuse(origin, pointer + " is there twice");
        }
        String expected = REQUIRED.getOrDefault(pointer, OPTIONAL.getOrDefault(pointer, ""));
        if (value.equals(expected) || WITHOUT_EFFECT.contains(pointer)) {
            return;
        }
        throw TokenizerFile.refuse(
                origin,
                expected.isEmpty()
                        ? pointer + " is an unknown setting, which may change the ids"
                        : pointer + " is " + value + ", but only " + expected + " is supported");
    }

    /** Checks that nothing required was left out. */
    void finish() {
        for (String pointer : REQUIRED.keySet()) {
            if (!seen.contains(pointer)) {
                throw TokenizerFile.refuse(origin, pointer + " is missing");
            }
        }
    }

    private static Map<String, String> required() {
        var required = new TreeMap<String, String>();
        required.put("/pre_tokenizer/type", quoted("Sequence"));
        for (int split = 0; split < PreSplitter.PATTERNS.size(); split++) {
            required.put(SPLITS + split + "/type", quoted("Split"));
            required.put(SPLITS + split + "/pattern/Regex", quoted(PreSplitter.PATTERNS.get(split)));
            required.put(SPLITS + split + "/behavior", quoted("Isolated"));
            required.put(SPLITS + split + "/invert", NO);
        }
        required.put(BYTE_LEVEL + "type", quoted("ByteLevel"));
        required.put(BYTE_LEVEL + "add_prefix_space", NO);
        required.put(BYTE_LEVEL + "use_regex", NO);
        required.put("/decoder/type", quoted("ByteLevel"));
        required.put("/model/type", quoted("BPE"));
        return Collections.unmodifiableMap(required);
    }
}
