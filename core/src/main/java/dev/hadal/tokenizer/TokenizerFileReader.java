package dev.hadal.tokenizer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a {@code tokenizer.json} in one pass. The file is untrusted (reliability.md W5): sizes are limited before
 * anything is kept, and whatever is not understood is refused.
 */
final class TokenizerFileReader {
    /** The official file has 6 MiB. */
    static final int MAX_FILE_BYTES = 64 << 20;

    private static final int MAX_DEPTH = 16;
    private static final int MAX_SPELLING_CHARS = 1024;

    private final JsonParser in;
    private final String origin;
    private final TokenizerStructure structure;
    private final List<AddedToken> added = new ArrayList<>();
    private final List<TokenizerFile.Entry> entries = new ArrayList<>();
    private final List<TokenizerFile.Merge> merges = new ArrayList<>();

    private TokenizerFileReader(JsonParser in, String origin) {
        this.in = in;
        this.origin = origin;
        structure = new TokenizerStructure(origin);
    }

    /**
     * Reads a file's content.
     *
     * @param json UTF-8 text, at most {@link #MAX_FILE_BYTES}
     * @param origin the file's name in messages
     */
    static TokenizerFile read(byte[] json, String origin) {
        requireAllowedSize(json.length, origin);
        try (JsonParser in = factory().createParser(ObjectReadContext.empty(), json)) {
            return new TokenizerFileReader(in, origin).readFile();
        } catch (JacksonException e) {
            String reason = "not readable" + place(e) + ": " + e.getOriginalMessage();
            throw new TokenizerException(TokenizerFile.message(origin, reason), e);
        }
    }

    /** Refuses a size that no tokenizer needs. */
    static void requireAllowedSize(long bytes, String origin) {
        if (bytes > MAX_FILE_BYTES) {
            throw TokenizerFile.refuse(origin, "has " + bytes + " bytes, more than the " + MAX_FILE_BYTES + " allowed");
        }
    }

    /** Jackson does not say where one of its limits was exceeded. */
    private static String place(JacksonException e) {
        TokenStreamLocation location = e.getLocation();
        return location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private static JsonFactory factory() {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxNameLength(MAX_SPELLING_CHARS)
                        .maxStringLength(2 * MAX_SPELLING_CHARS + 1) // a merge is two spellings and a space
                        .maxNumberLength(20)
                        .build())
                // A vocabulary is 128,000 different property names: remembering them only costs time.
                .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
                .build();
    }

    private TokenizerFile readFile() {
        in.nextToken();
        expect(JsonToken.START_OBJECT);
        var seen = new HashSet<String>();
        for (String key = nextKey(seen); key != null; key = nextKey(seen)) {
            switch (key) {
                case "added_tokens" -> readAddedTokens();
                case "model" -> readModel();
                default -> readStructure();
            }
        }
        if (in.nextToken() != null) {
            throw refuse("text follows the end of the JSON object");
        }
        require("/", List.of("added_tokens", "model"), seen);
        structure.finish();
        return new TokenizerFile(origin, added, entries, merges);
    }

    /** Compares the current value, however deep, with what is expected. */
    private void readStructure() {
        int depth = 0;
        JsonToken token = in.currentToken();
        while (true) {
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.VALUE_STRING) {
                structure.accept(pointer(), TokenizerStructure.quoted(in.getString()));
            } else if (token != JsonToken.PROPERTY_NAME) {
                structure.accept(pointer(), in.getString());
            }
            if (depth == 0) {
                return;
            }
            token = in.nextToken();
        }
    }

    private void readModel() {
        expect(JsonToken.START_OBJECT);
        var seen = new HashSet<String>();
        for (String key = nextKey(seen); key != null; key = nextKey(seen)) {
            switch (key) {
                case "vocab" -> readVocabulary();
                case "merges" -> readMerges();
                default -> readStructure();
            }
        }
        require("/model/", List.of("vocab", "merges"), seen);
    }

    private void readVocabulary() {
        expect(JsonToken.START_OBJECT);
        for (String spelling = in.nextName(); spelling != null; spelling = in.nextName()) {
            in.nextToken();
            requireRoom(entries);
            entries.add(new TokenizerFile.Entry(spelling, id()));
        }
    }

    /** Merges are two spellings in a list, or in older files one string with a space between. */
    private void readMerges() {
        expect(JsonToken.START_ARRAY);
        for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
            requireRoom(merges);
            if (token == JsonToken.START_ARRAY) {
                in.nextToken();
                String left = string();
                in.nextToken();
                String right = string();
                in.nextToken();
                expect(JsonToken.END_ARRAY);
                merges.add(TokenizerFile.Merge.of(left, right));
            } else {
                String both = string();
                int space = both.indexOf(' ');
                if (space < 0 || space != both.lastIndexOf(' ')) {
                    throw refuse(pointer() + " is \"" + both + "\", which is not two tokens and a space");
                }
                merges.add(TokenizerFile.Merge.of(both.substring(0, space), both.substring(space + 1)));
            }
        }
    }

    private void readAddedTokens() {
        expect(JsonToken.START_ARRAY);
        while (in.nextToken() != JsonToken.END_ARRAY) {
            requireRoom(added);
            added.add(addedToken());
        }
    }

    private AddedToken addedToken() {
        expect(JsonToken.START_OBJECT);
        String where = pointer();
        int id = -1;
        String content = "";
        boolean normalized = false;
        var seen = new HashSet<String>();
        for (String key = nextKey(seen); key != null; key = nextKey(seen)) {
            switch (key) {
                case "id" -> id = id();
                case "content" -> content = string();
                case "normalized" -> normalized = flag();
                case "special" -> flag(); // says only whether other libraries leave it out when decoding
                case "single_word", "lstrip", "rstrip" -> {
                    if (flag()) {
                        throw refuse(pointer() + " is true, but only false is supported");
                    }
                }
                default -> throw refuse(pointer() + " is an unknown setting, which may change the ids");
            }
        }
        if (id < 0 || content.isEmpty()) {
            throw refuse(where + " needs an id and a content that is not empty");
        }
        return new AddedToken(id, content, normalized);
    }

    /** Moves to the value of the next key of the current object and returns the key, or null at its end. */
    private @Nullable String nextKey(Set<String> seen) {
        String key = in.nextName();
        if (key != null) {
            in.nextToken();
            if (!seen.add(key)) {
                throw refuse(pointer() + " is there twice");
            }
        }
        return key;
    }

    private int id() {
        expect(JsonToken.VALUE_NUMBER_INT);
        long id = in.getLongValue();
        if (id < 0 || id >= PairTable.LIMIT) {
            throw refuse(pointer() + " is " + id + ", but ids are from 0 to " + (PairTable.LIMIT - 1));
        }
        return (int) id;
    }

    private String string() {
        expect(JsonToken.VALUE_STRING);
        return in.getString();
    }

    private boolean flag() {
        if (in.currentToken() != JsonToken.VALUE_TRUE) {
            expect(JsonToken.VALUE_FALSE);
        }
        return in.currentToken() == JsonToken.VALUE_TRUE;
    }

    private void require(String parent, List<String> keys, Set<String> seen) {
        for (String key : keys) {
            if (!seen.contains(key)) {
                throw refuse(parent + key + " is missing");
            }
        }
    }

    /** There cannot be more of anything than there are ids; the lists must not grow with the file. */
    private void requireRoom(List<?> list) {
        if (list.size() == PairTable.LIMIT) {
            throw refuse(pointer() + " is more than the " + PairTable.LIMIT + " entries allowed");
        }
    }

    private void expect(JsonToken expected) {
        if (in.currentToken() != expected) {
            throw refuse(pointer() + " is " + in.currentToken() + " where " + expected + " belongs");
        }
    }

    private TokenizerException refuse(String reason) {
        return TokenizerFile.refuse(origin, reason);
    }

    private String pointer() {
        return in.streamReadContext().pathAsPointer().toString();
    }
}
