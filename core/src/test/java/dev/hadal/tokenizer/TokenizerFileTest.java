package dev.hadal.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class TokenizerFileTest {
    private static final String ADVICE = "; use the tokenizer.json published with a DeepSeek-V4 checkpoint";

    /** Column 1 is where to put the JSON of column 2. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /version                                      | "2.0"    | /version is "2.0", but only "1.0" is supported
            /truncation                                   | {"max_length":9} | /truncation/max_length is an unknown setting, which may change the ids
            /padding                                      | true     | /padding is true, but only null is supported
            /normalizer/type                              | "NFC"    | /normalizer/type is "NFC", but only "Sequence" is supported
            /normalizer/normalizers                       | [{"type":"NFC"}] | /normalizer/normalizers/0/type is an unknown setting, which may change the ids
            /pre_tokenizer/pretokenizers/0/pattern/Regex  | "\\\\d"  | /pre_tokenizer/pretokenizers/0/pattern/Regex is "\\d", but only "\\p{N}{1,3}" is supported
            /pre_tokenizer/pretokenizers/1/invert         | true     | /pre_tokenizer/pretokenizers/1/invert is true, but only false is supported
            /pre_tokenizer/pretokenizers/2/behavior       | "Removed" | /pre_tokenizer/pretokenizers/2/behavior is "Removed", but only "Isolated" is supported
            /pre_tokenizer/pretokenizers/3/use_regex      | true     | /pre_tokenizer/pretokenizers/3/use_regex is true, but only false is supported
            /pre_tokenizer/pretokenizers                  | []       | /pre_tokenizer/pretokenizers/0/behavior is missing
            /post_processor/type                          | "TemplateProcessing" | /post_processor/type is "TemplateProcessing", but only "ByteLevel" is supported
            /decoder                                      | null     | /decoder is an unknown setting, which may change the ids
            /model/type                                   | "WordPiece" | /model/type is "WordPiece", but only "BPE" is supported
            /model/dropout                                | 0.1      | /model/dropout is 0.1, but only null is supported
            /model/ignore_merges                          | true     | /model/ignore_merges is true, but only false is supported
            /model/byte_fallback                          | "false"  | /model/byte_fallback is "false", but only false is supported
            /model/lowercase                              | false    | /model/lowercase is an unknown setting, which may change the ids
            /model                                        | []       | /model is START_ARRAY where START_OBJECT belongs
            /model/vocab                                  | 7        | /model/vocab is VALUE_NUMBER_INT where START_OBJECT belongs
            /model/merges                                 | {}       | /model/merges is START_OBJECT where START_ARRAY belongs
            /model/vocab/the                              | -1       | /model/vocab/the is -1, but ids are from 0 to 1048575
            /model/vocab/the                              | 1048576  | /model/vocab/the is 1048576, but ids are from 0 to 1048575
            /model/vocab/the                              | 1.5      | /model/vocab/the is VALUE_NUMBER_FLOAT where VALUE_NUMBER_INT belongs
            /model/vocab/a b                              | 3705     | "a b" in /model/vocab is neither an added token nor spelled in the byte-level alphabet
            /model/merges                                 | ["ab"]   | /model/merges/0 is "ab", which is not two tokens and a space
            /model/merges                                 | ["a b c"] | /model/merges/0 is "a b c", which is not two tokens and a space
            /model/merges                                 | [["h","e","r"]] | /model/merges/0/2 is VALUE_STRING where END_ARRAY belongs
            /model/merges                                 | [["x","zq"]] | /model/merges/0 joins "x" and "zq", but these or their result are not ordinary tokens of /model/vocab
            /model/merges                                 | [["","e"]] | /model/merges/0 joins "" and "e", but these or their result are not ordinary tokens of /model/vocab
            /model/merges                                 | [["｜","e"]] | /model/merges/0 joins "｜" and "e", but these or their result are not ordinary tokens of /model/vocab
            /model/merges                                 | ["h e",["h","e"]] | /model/merges/1 joins "h" and "e", like an earlier one
            /added_tokens                                 | {}       | /added_tokens is START_OBJECT where START_ARRAY belongs
            /added_tokens/3/id                            | 1048576  | /added_tokens/3/id is 1048576, but ids are from 0 to 1048575
            /added_tokens/3/id                            | 0        | /added_tokens has id 0 twice
            /added_tokens/3/content                       | ""       | /added_tokens/3 needs an id and a content that is not empty
            /added_tokens/3/content                       | "<think>" | /added_tokens has "<think>" twice
            /added_tokens/3/lstrip                        | true     | /added_tokens/3/lstrip is true, but only false is supported
            /added_tokens/3/single_word                   | 0        | /added_tokens/3/single_word is VALUE_NUMBER_INT where VALUE_FALSE belongs
            /added_tokens/3/color                         | "red"    | /added_tokens/3/color is an unknown setting, which may change the ids
            """)
    void refusesWhatWouldGiveOtherIds(String pointer, String json, String message) {
        refused(message, tree -> put(tree, pointer, new JsonMapper().readTree(json)));
    }

    @ParameterizedTest
    @CsvSource({
        "/added_tokens, /added_tokens is missing",
        "/pre_tokenizer, /pre_tokenizer/pretokenizers/0/behavior is missing",
        "/decoder, /decoder/type is missing",
        "/model, /model is missing",
        "/model/type, /model/type is missing",
        "/model/vocab, /model/vocab is missing",
        "/model/merges, /model/merges is missing",
        "/added_tokens/5/id, /added_tokens/5 needs an id and a content that is not empty"
    })
    void refusesMissingFields(String pointer, String message) {
        refused(message, tree -> ((ObjectNode) parent(tree, pointer)).remove(name(pointer)));
    }

    @Test
    void refusesAVocabularyWithoutAByte() {
        refused(
                "/model/vocab has no token for the single byte 33",
                tree -> vocabulary(tree).remove("!"));
    }

    @Test
    void refusesAGapInTheIds() {
        refused(
                "no token has id 3705, although there are higher ids",
                tree -> vocabulary(tree).put("zzzz", 3706));
    }

    @Test
    void refusesAnIdGivenTwice() {
        refused("/model/vocab has id 300 twice", tree -> vocabulary(tree).put("zzzz", 300));
    }

    @Test
    void refusesAVocabularyTokenUnderAnAddedId() {
        refused(
                "id 3703 is an added token, but \"zzzz\" in /model/vocab",
                tree -> vocabulary(tree).put("zzzz", 3703));
    }

    @Test
    void refusesAnAddedTokenThatTextCouldSpell() {
        int he = KnownTokenizers.nanoTree().at("/model/vocab/he").intValue();
        refused(
                "added token 3705 is also token " + he + " of /model/vocab",
                tree -> KnownTokenizers.add(tree, 3705, "he", true));
    }

    @Test
    void refusesMergesThatWouldMakeAnAddedToken() {
        ObjectNode vocabulary = vocabulary(KnownTokenizers.nanoTree());
        refused(
                "/model/merges/0 joins \"h\" and \"e\", but these or their result are not ordinary tokens of"
                        + " /model/vocab",
                tree -> ((ArrayNode) tree.get("added_tokens"))
                        .add(((ObjectNode) tree.get("added_tokens").get(3).deepCopy())
                                .put("id", vocabulary.get("he").intValue())
                                .put("content", "he")));
    }

    @Test
    void refusesVeryLongAddedTokens() {
        refused(
                "added token 3705 has 257 bytes, more than the 256 allowed",
                tree -> KnownTokenizers.add(tree, 3705, "x".repeat(257), true));
    }

    @Test
    void refusesAFieldGivenTwice() {
        String json = KnownTokenizers.nanoTree().toString();
        refusedText("/model is there twice", json.substring(0, json.length() - 1) + ",\"model\":{}}");
        refusedText("/version is there twice", json.replace("\"truncation\":", "\"version\":\"1.0\",\"truncation\":"));
        refusedText("\"!\" is in /model/vocab twice", json.replace("\"#\":", "\"!\":"));
    }

    @Test
    void refusesUnpairedSurrogatesInAddedTokens() {
        refusedText(
                "added token 3704 contains an unpaired surrogate",
                KnownTokenizers.nanoTree().toString().replace("<｜latest_reminder｜>", "<\\ud800>"));
    }

    @Test
    void refusesTextAfterTheEnd() {
        refusedText("text follows the end of the JSON object", KnownTokenizers.nanoTree() + "{}");
    }

    @Test
    void refusesBrokenJsonWithItsPlace() {
        assertThatThrownBy(() -> parse("{\n\"version\": \"1.0\",, "))
                .isInstanceOf(TokenizerException.class)
                .hasMessageMatching(
                        "tokenizer.json: not readable at line 2, column 1[78]: Unexpected character .*" + ADVICE);
    }

    @ParameterizedTest
    @CsvSource({"''", "'{'", "'{\"model\": {\"vocab\": {\"a\": 1'", "'[]'", "'nul'", "'{\"model\"'", "'\"'"})
    void refusesWhatIsCutOff(String json) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(TokenizerException.class)
                .hasMessageStartingWith("tokenizer.json: ")
                .hasMessageEndingWith(ADVICE);
    }

    @Test
    void refusesDeepNesting() {
        assertThatThrownBy(() -> parse("{\"normalizer\":" + "[".repeat(1_000_000)))
                .isInstanceOf(TokenizerException.class)
                .hasMessageContaining("nesting depth (17) exceeds the maximum allowed (16");
    }

    @Test
    void refusesVeryLongStrings() {
        assertThatThrownBy(() -> parse("{\"version\":\"" + "x".repeat(3_000) + "\"}"))
                .isInstanceOf(TokenizerException.class)
                .hasMessageContaining("exceeds the maximum allowed (2049");
    }

    @Test
    void refusesMoreMergesThanIds() {
        int allowed = 1 << 20;
        refusedText(
                "/model/merges/1048576 is more than the 1048576 entries allowed",
                "{\"model\":{\"merges\":[" + "\"a b\",".repeat(allowed) + "\"a b\"]}}");
    }

    @Test
    void refusesAHugeFileWithoutReadingIt(@TempDir Path directory) throws IOException {
        Path huge = directory.resolve("tokenizer.json");
        try (var file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(1L << 30);
        }
        assertThatThrownBy(() -> Tokenizer.load(huge))
                .isInstanceOf(TokenizerException.class)
                .hasMessage(huge + ": has 1073741824 bytes, more than the 67108864 allowed" + ADVICE);
    }

    @Test
    void namesAMissingFile(@TempDir Path directory) {
        Path missing = directory.resolve("tokenizer.json");
        assertThatThrownBy(() -> Tokenizer.load(missing))
                .isInstanceOf(TokenizerException.class)
                .hasMessage(missing + ": no such file" + ADVICE);
    }

    @Test
    void acceptsWhatDoesNotChangeTheIds() {
        ObjectNode tree = KnownTokenizers.nanoTree();
        tree.putNull("normalizer");
        tree.putNull("post_processor");
        tree.remove("padding");
        ((ObjectNode) tree.get("decoder")).put("trim_offsets", false);
        ((ObjectNode) tree.get("model")).remove("ignore_merges");
        String text = "The capital of France is Paris.";
        assertThat(KnownTokenizers.parse(tree).encode(text, Tokenizer.Mode.PARSE))
                .isEqualTo(KnownTokenizers.nano().encode(text, Tokenizer.Mode.PARSE));
    }

    private static void refused(String message, Consumer<ObjectNode> change) {
        ObjectNode tree = KnownTokenizers.nanoTree();
        change.accept(tree);
        refusedText(message, tree.toString());
    }

    private static void refusedText(String message, String json) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(TokenizerException.class)
                .hasMessage("tokenizer.json: " + message + ADVICE);
    }

    private static Tokenizer parse(String json) {
        return Tokenizer.parse(json.getBytes(StandardCharsets.UTF_8), "tokenizer.json");
    }

    private static ObjectNode vocabulary(ObjectNode tree) {
        return (ObjectNode) tree.get("model").get("vocab");
    }

    private static void put(ObjectNode tree, String pointer, JsonNode value) {
        ((ObjectNode) parent(tree, pointer)).set(name(pointer), value);
    }

    private static JsonNode parent(ObjectNode tree, String pointer) {
        return tree.at(pointer.substring(0, pointer.lastIndexOf('/')));
    }

    private static String name(String pointer) {
        return pointer.substring(pointer.lastIndexOf('/') + 1);
    }
}
