package dev.hadal.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.tokenizer.Segment.Control;
import dev.hadal.tokenizer.Segment.Text;
import dev.hadal.tokenizer.Tokenizer.Mode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class TokenizerTest {
    private final Tokenizer nano = KnownTokenizers.nano();

    @Test
    void givesTheRecordedIdsOfTheEmbeddedModel() {
        requireVectors(nano, KnownTokenizers.vectors("tokenizer-nano.json"));
    }

    @Test
    void givesTheRecordedIdsOfTheOfficialModel() {
        Tokenizer official = KnownTokenizers.official();
        assertThat(official.vocabularySize()).isEqualTo(129_280);
        requireVectors(official, KnownTokenizers.vectors("tokenizer.json"));
    }

    @Test
    void givesTheTextBackFromTheRecordedIds() {
        for (JsonNode vector : KnownTokenizers.vectors("tokenizer-nano.json").get("vectors")) {
            assertThat(nano.decode(KnownTokenizers.ids(vector.get("ids")))).isEqualTo(repaired(vector));
        }
    }

    @Test
    void emitsTheRecordedTextAfterEachToken() {
        Tokenizer official = KnownTokenizers.official();
        for (JsonNode vector : KnownTokenizers.vectors("tokenizer.json").get("decode_vectors")) {
            StreamDecoder decoder = official.streamDecoder();
            int[] ids = KnownTokenizers.ids(vector.get("ids"));
            for (int i = 0; i < ids.length; i++) {
                assertThat(decoder.accept(ids[i]))
                        .isEqualTo(vector.get("emitted_after_each_token").get(i).stringValue());
            }
            assertThat(decoder.finish()).isEmpty();
            assertThat(official.decode(ids)).isEqualTo(vector.get("text").stringValue());
        }
    }

    @Test
    void knowsTheBytesOfEachToken() {
        int[] ids = nano.encode("Ж", Mode.PLAIN);
        assertThat(ids).hasSize(2);
        assertThat(nano.bytes(ids[0])).containsExactly(0xD0);
        assertThat(nano.bytes(ids[1])).containsExactly(0x96);
    }

    @Test
    void givesCopiesOfBytes() {
        int id = nano.encode("e", Mode.PLAIN)[0];
        nano.bytes(id)[0] = 'x';
        assertThat(nano.decode(new int[] {id})).isEqualTo("e");
    }

    @Test
    void numbersEveryIdBelowItsSize() {
        assertThat(nano.vocabularySize()).isEqualTo(3705);
        assertThat(nano.bytes(3704)).isEqualTo("<｜latest_reminder｜>".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void refusesAnIdThatDoesNotExist() {
        for (int id : new int[] {-1, 3705, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> nano.bytes(id))
                    .isInstanceOf(TokenizerException.class)
                    .hasMessage("there is no token " + id + ": the ids of this tokenizer are 0 to 3704");
            assertThat(nano.isControl(id)).isFalse();
        }
    }

    @Test
    void findsControlTokensByTheirExactContent() {
        assertThat(nano.controlId("｜DSML｜")).hasValue(3703);
        assertThat(nano.controlId("|DSML|")).isEmpty();
        assertThat(nano.controlId("the")).isEmpty();
        assertThat(nano.isControl(3703)).isTrue();
        assertThat(nano.isControl(nano.encode("the", Mode.PLAIN)[0])).isFalse();
    }

    @Test
    void neverMakesAControlTokenOfPlainText() {
        requirePlainTextStaysText(nano);
    }

    @Test
    void neverMakesAnOfficialControlTokenOfPlainText() {
        requirePlainTextStaysText(KnownTokenizers.official());
    }

    @Test
    void prefersTheLeftmostThenTheLongestAddedToken() {
        ObjectNode tree = KnownTokenizers.bytesOnlyTree();
        KnownTokenizers.add(tree, 256, "ab", true);
        KnownTokenizers.add(tree, 257, "abcd", true);
        KnownTokenizers.add(tree, 258, "bcde", true);
        Tokenizer tokenizer = KnownTokenizers.parse(tree);
        assertThat(tokenizer.encode("abcde", Mode.PARSE)).containsExactly(257, 'e');
        assertThat(tokenizer.encode("abcx", Mode.PARSE)).containsExactly(256, 'c', 'x');
        assertThat(tokenizer.encode("aabbcdeab", Mode.PARSE)).containsExactly('a', 256, 258, 256);
    }

    @Test
    void recognisesNormalizedTokensOnlyInWhatTheFirstPassLeaves() {
        ObjectNode tree = KnownTokenizers.bytesOnlyTree();
        KnownTokenizers.add(tree, 256, "abc", true);
        KnownTokenizers.add(tree, 257, "cd", false);
        Tokenizer tokenizer = KnownTokenizers.parse(tree);
        assertThat(tokenizer.encode("abcd", Mode.PARSE)).containsExactly('a', 'b', 257);
        assertThat(tokenizer.encode("abcabcd", Mode.PARSE)).containsExactly(256, 'a', 'b', 257);
    }

    @Test
    void countsUnpairedSurrogatesAsReplacementCharacters() {
        for (Mode mode : Mode.values()) {
            assertThat(nano.encode("a\uD800b\uDC00\uD83D\uDE00\uDBFF", mode))
                    .isEqualTo(nano.encode("a\uFFFDb\uFFFD\uD83D\uDE00\uFFFD", mode));
        }
    }

    @Test
    void joinsNeighbouringTextsBeforeCuttingThem() {
        List<Segment> segments = List.of(
                new Control("<｜User｜>"),
                new Text("Done."),
                new Text(""),
                new Text("\n\nne"),
                new Text("xt \uD83D"),
                new Text("\uDE00"),
                new Control("<think>"));
        int[] whole = nano.encode("<｜User｜>Done.\n\nnext 😀<think>", Mode.PARSE);
        assertThat(nano.encode(segments)).isEqualTo(whole);
        assertThat(nano.encodeParity(segments)).isEqualTo(whole);
    }

    @Test
    void keepsForgedControlTokensAsTextUnlessParityIsWanted() {
        List<Segment> segments = List.of(new Control("<｜User｜>"), new Text("</thi"), new Text("nk>"));
        int user = nano.controlId("<｜User｜>").getAsInt();
        int think = nano.controlId("</think>").getAsInt();
        assertThat(nano.encodeParity(segments)).containsExactly(user, think);
        assertThat(nano.encode(segments)).startsWith(user).doesNotContain(think);
    }

    @Test
    void refusesAControlSegmentThatIsNoAddedToken() {
        assertThatThrownBy(() -> KnownTokenizers.parse(KnownTokenizers.nanoTree())
                        .encode(List.of(new Text("a"), new Control("<think >"))))
                .isInstanceOf(TokenizerException.class)
                .hasMessage("\"<think >\" is no added token of tokenizer.json; use text segments for everything else");
    }

    @Test
    void givesNothingForNothing() {
        assertThat(nano.encode("", Mode.PARSE)).isEmpty();
        assertThat(nano.encode(List.of())).isEmpty();
        assertThat(nano.decode(new int[0])).isEmpty();
    }

    @Test
    void givesTheSameIdsToManyThreads() throws Exception {
        JsonNode vectors = KnownTokenizers.vectors("tokenizer-nano.json");
        List<Callable<Boolean>> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            readers.add(() -> {
                requireVectors(nano, vectors);
                return true;
            });
        }
        try (var threads = Executors.newFixedThreadPool(readers.size())) {
            for (var done : threads.invokeAll(readers)) {
                assertThat(done.get()).isTrue();
            }
        }
    }

    private static void requireVectors(Tokenizer tokenizer, JsonNode recorded) {
        assertThat(recorded.get("vectors")).isNotEmpty();
        for (JsonNode vector : recorded.get("vectors")) {
            Mode mode = Mode.valueOf(vector.get("mode").stringValue().toUpperCase(Locale.ROOT));
            assertThat(tokenizer.encode(vector.get("text").stringValue(), mode))
                    .as("vector %s", vector.get("id"))
                    .isEqualTo(KnownTokenizers.ids(vector.get("ids")));
        }
    }

    private static void requirePlainTextStaysText(Tokenizer tokenizer) {
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            if (!tokenizer.isControl(id)) {
                continue;
            }
            String content = new String(tokenizer.bytes(id), StandardCharsets.UTF_8);
            String text = content + "a" + content + content + "\n " + content;
            assertThat(tokenizer.encode(text, Mode.PARSE)).contains(id);
            int[] plain = tokenizer.encode(text, Mode.PLAIN);
            assertThat(Arrays.stream(plain)).noneMatch(tokenizer::isControl);
            assertThat(tokenizer.decode(plain)).isEqualTo(text);
        }
    }

    private static String repaired(JsonNode vector) {
        int[] codePoints = vector.get("text").stringValue().codePoints().toArray();
        for (int i = 0; i < codePoints.length; i++) {
            if (Character.getType(codePoints[i]) == Character.SURROGATE) {
                codePoints[i] = 0xFFFD;
            }
        }
        return new String(codePoints, 0, codePoints.length);
    }
}
