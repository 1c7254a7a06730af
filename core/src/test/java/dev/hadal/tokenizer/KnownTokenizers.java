package dev.hadal.tokenizer;

import dev.hadal.SharedMaterial;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The tokenizers that tests run on, as objects and as JSON. */
final class KnownTokenizers {
    private static final JsonMapper JSON = new JsonMapper();

    private KnownTokenizers() {}

    /** The embedded model's tokenizer. */
    static Tokenizer nano() {
        return Tokenizer.load(nanoFile());
    }

    /** The official tokenizer, or the test is skipped. */
    static Tokenizer official() {
        return Tokenizer.load(SharedMaterial.require("tokenizer/tokenizer.json"));
    }

    /** A fresh tree of the embedded model's file, to be changed by the test. */
    static ObjectNode nanoTree() {
        return (ObjectNode) JSON.readTree(nanoFile());
    }

    /** A file with the ordinary structure, the 256 single bytes as ids 0 to 255, and no merges or added tokens. */
    static ObjectNode bytesOnlyTree() {
        ObjectNode tree = nanoTree();
        tree.putArray("added_tokens");
        ObjectNode model = (ObjectNode) tree.get("model");
        model.putArray("merges");
        ObjectNode vocabulary = model.putObject("vocab");
        for (int value = 0; value < 256; value++) {
            vocabulary.put(PlainBpe.spelling(value), value);
        }
        return tree;
    }

    /** Adds an added token with V4's flags. */
    static void add(ObjectNode tree, int id, String content, boolean normalized) {
        tree.withArray("added_tokens")
                .addObject()
                .put("id", id)
                .put("content", content)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", normalized)
                .put("special", false);
    }

    /** Makes a tokenizer of a tree, named {@code tokenizer.json} in messages. */
    static Tokenizer parse(JsonNode tree) {
        return Tokenizer.parse(JSON.writeValueAsBytes(tree), "tokenizer.json");
    }

    /** Recorded vectors. */
    static JsonNode vectors(String name) {
        try (InputStream in = KnownTokenizers.class.getResourceAsStream("/vectors/" + name)) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int[] ids(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::intValue).toArray();
    }

    private static Path nanoFile() {
        String inProject = "nano/src/main/resources/dev/hadal/nano/model/tokenizer.json";
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve(inProject))) {
                return at.resolve(inProject);
            }
        }
        throw new IllegalStateException(inProject + " is missing");
    }
}
