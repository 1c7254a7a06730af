package dev.hadal.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.tokenizer.Tokenizer.Mode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class BpeTest {
    @Test
    void mergesWordsOfAnyLengthAsTheDefinitionSays() {
        Tokenizer tokenizer = KnownTokenizers.nano();
        var oracle = new PlainBpe(KnownTokenizers.nanoTree());
        var random = new Random(3);
        for (int i = 0; i < 1_500; i++) {
            String word = word(random, "etaoinshrdluEé漢", 1 + random.nextInt(150));
            assertThat(tokenizer.encode(word, Mode.PLAIN)).as(word).isEqualTo(oracle.encode(word));
        }
    }

    @Test
    void mergesAsTheDefinitionSaysWhateverTheOrderOfTheMerges() {
        var random = new Random(5);
        for (int i = 0; i < 30; i++) {
            ObjectNode tree = randomMerges(random);
            Tokenizer tokenizer = KnownTokenizers.parse(tree);
            var oracle = new PlainBpe(tree);
            for (int length = 1; length <= 130; length += 1 + random.nextInt(12)) {
                String word = word(random, "ab", length);
                assertThat(tokenizer.encode(word, Mode.PLAIN)).as(word).isEqualTo(oracle.encode(word));
            }
        }
    }

    @Test
    void takesATokenAsAWholeOnlyIfMergingGivesIt() {
        ObjectNode tree = KnownTokenizers.bytesOnlyTree();
        addMerge(tree, "b", "c");
        addMerge(tree, "a", "b");
        addMerge(tree, "ab", "c");
        Tokenizer tokenizer = KnownTokenizers.parse(tree);
        int bc = 256;
        for (int time = 0; time < 2; time++) {
            assertThat(tokenizer.encode("abc", Mode.PLAIN)).containsExactly('a', bc);
            assertThat(tokenizer.encode("bc", Mode.PLAIN)).containsExactly(bc);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "\n"})
    void takesOperationsInProportionToLengthForMillionsOfEqualCharacters(String character) {
        requireProportion(character, 1_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "漢", "9", "\u200D", "<", "😀", "ab", "<｜"})
    void takesOperationsInProportionToLengthForRepeatedText(String text) {
        requireProportion(text, 50_000);
    }

    private static void requireProportion(String text, int repetitions) {
        Tokenizer tokenizer = KnownTokenizers.nano();
        long once = tokenizer.encoding(text.repeat(repetitions), Mode.PARSE).operations;
        long fiveTimes = tokenizer.encoding(text.repeat(5 * repetitions), Mode.PARSE).operations;
        assertThat((double) fiveTimes / once).isBetween(4.9, 5.8); // with n log n it may be up to 5.8
        assertThat(once / repetitions).isLessThan(80L * text.length());
    }

    private static String word(Random random, String letters, int length) {
        int[] codePoints = letters.codePoints().toArray();
        var word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.appendCodePoint(codePoints[random.nextInt(codePoints.length)]);
        }
        return word.toString();
    }

    /** Tokens over a and b up to four long, joined by some of the possible merges in random order. */
    private static ObjectNode randomMerges(Random random) {
        ObjectNode tree = KnownTokenizers.bytesOnlyTree();
        ObjectNode vocabulary = (ObjectNode) tree.get("model").get("vocab");
        var merges = new ArrayList<String[]>();
        for (int length = 2; length <= 4; length++) {
            for (int bits = 0; bits < 1 << length; bits++) {
                var token = new StringBuilder();
                for (int i = 0; i < length; i++) {
                    token.append((char) ('a' + ((bits >> i) & 1)));
                }
                vocabulary.put(token.toString(), vocabulary.size());
                for (int seam = 1; seam < length; seam++) {
                    if (random.nextInt(3) == 0) {
                        merges.add(new String[] {token.substring(0, seam), token.substring(seam)});
                    }
                }
            }
        }
        Collections.shuffle(merges, random);
        ArrayNode list = ((ObjectNode) tree.get("model")).putArray("merges");
        merges.forEach(merge -> list.addArray().add(merge[0]).add(merge[1]));
        return tree;
    }

    private static void addMerge(ObjectNode tree, String left, String right) {
        ObjectNode vocabulary = (ObjectNode) tree.get("model").get("vocab");
        vocabulary.put(left + right, vocabulary.size());
        ((ArrayNode) tree.get("model").get("merges")).addArray().add(left).add(right);
    }
}
