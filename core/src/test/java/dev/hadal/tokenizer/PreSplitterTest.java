package dev.hadal.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PreSplitterTest {
    @Test
    void agreesWithTheRegularExpressionsOfTheFileOnRandomText() {
        List<Pattern> patterns = patternsOfTheFile();
        var texts = new RandomText(new Random(7));
        for (int i = 0; i < 40_000; i++) {
            String text = texts.next(12);
            assertThat(split(text)).as(text).isEqualTo(splitByPatterns(text, patterns));
        }
    }

    @Test
    void agreesWithTheRegularExpressionsOfTheFileOnEveryKindOfCharacter() {
        List<Pattern> patterns = patternsOfTheFile();
        var wrong = new ArrayList<String>();
        int step = 1;
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint += step) {
            step = codePoint < 0x3400 ? 1 : codePoint < 0x20000 ? 11 : 997; // large blocks are uniform
            String c = Character.toString(codePoint >= 0xD800 && codePoint <= 0xDFFF ? 'x' : codePoint);
            String text = "a" + c + c + "b " + c + ". " + c;
            if (!split(text).equals(splitByPatterns(text, patterns))) {
                wrong.add(text);
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void cutsNumbersIntoThreesFromTheLeft() {
        assertThat(split("1234567")).containsExactly("123", "456", "7");
    }

    @Test
    void keepsTheLastSpaceWithTheWordAfterIt() {
        assertThat(split("a   b")).containsExactly("a", "  ", " b");
    }

    @Test
    void doesNotLookPastNumbersForTheEndOfWhiteSpace() {
        assertThat(split("  123")).containsExactly("  ", "123");
    }

    @Test
    void keepsWhatNothingMatchesAsOnePiece() {
        assertThat(split("\u0000\u0001\u0002.")).containsExactly("\u0000\u0001\u0002", ".");
    }

    @Test
    void examinesEachCharacterABoundedNumberOfTimes() {
        var texts = new RandomText(new Random(11));
        for (int i = 0; i < 2_000; i++) {
            byte[] text = texts.next(200).getBytes(StandardCharsets.UTF_8);
            var pieces = new PreSplitter(text, 0, text.length);
            while (pieces.next()) {}
            assertThat(pieces.examined()).isLessThanOrEqualTo(8L * text.length);
        }
    }

    private static List<String> split(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        var pieces = new PreSplitter(utf8, 0, utf8.length);
        var split = new ArrayList<String>();
        while (pieces.next()) {
            split.add(new String(utf8, pieces.start(), pieces.end() - pieces.start(), StandardCharsets.UTF_8));
        }
        return split;
    }

    private static List<Pattern> patternsOfTheFile() {
        var patterns = new ArrayList<Pattern>();
        for (JsonNode step : KnownTokenizers.nanoTree().get("pre_tokenizer").get("pretokenizers")) {
            if (step.get("type").stringValue().equals("Split")) {
                patterns.add(Pattern.compile(
                        step.get("pattern").get("Regex").stringValue(), Pattern.UNICODE_CHARACTER_CLASS));
            }
        }
        return patterns;
    }

    private static List<String> splitByPatterns(String text, List<Pattern> patterns) {
        List<String> pieces = text.isEmpty() ? List.of() : List.of(text);
        for (Pattern pattern : patterns) {
            var finer = new ArrayList<String>();
            for (String piece : pieces) {
                int end = 0;
                for (Matcher match = pattern.matcher(piece); match.find(); end = match.end()) {
                    if (match.start() > end) {
                        finer.add(piece.substring(end, match.start()));
                    }
                    finer.add(match.group());
                }
                if (end < piece.length()) {
                    finer.add(piece.substring(end));
                }
            }
            pieces = finer;
        }
        return pieces;
    }
}
