package dev.hadal.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.tokenizer.Tokenizer.Mode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamDecoderTest {
    /** Its ids are the byte values. */
    private final Tokenizer bytes = KnownTokenizers.parse(KnownTokenizers.bytesOnlyTree());

    @Test
    void emitsEveryCharacterWithItsLastByte() {
        var wrong = new ArrayList<Integer>();
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            boolean surrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
            if (!surrogate && !emitsWithItsLastByte(Character.toString(codePoint))) {
                wrong.add(codePoint);
            }
        }
        assertThat(wrong).isEmpty();
    }

    private boolean emitsWithItsLastByte(String character) {
        StreamDecoder decoder = bytes.streamDecoder();
        byte[] utf8 = character.getBytes(StandardCharsets.UTF_8);
        boolean silentBefore = true;
        for (int i = 0; i < utf8.length - 1; i++) {
            silentBefore &= decoder.accept(utf8[i] & 0xFF).isEmpty();
        }
        return silentBefore
                && decoder.accept(utf8[utf8.length - 1] & 0xFF).equals(character)
                && decoder.finish().isEmpty();
    }

    /** The examples of the Unicode standard, chapter 3.9, and the borders of each lead byte. R stands for U+FFFD. */
    @ParameterizedTest
    @CsvSource({
        "61f18080e180c262806380bf64, aRRRbRcRRd",
        "c0afe080bff0818241, RRRRRRRRA",
        "eda080edbfbfedaf41, RRRRRRRRA",
        "f4919293ff4180bf42, RRRRRARRB",
        "e180e2f09192f1bf41, RRRRA",
        "f888808080, RRRRR",
        "f09f91, R",
        "e282e282ac, R€",
        "c2, R",
        "80, R"
    })
    void replacesEachLongestBeginningOfASequenceOnce(String hex, String expected) {
        byte[] utf8 = HexFormat.of().parseHex(hex);
        var ids = new int[utf8.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = utf8[i] & 0xFF;
        }
        assertThat(bytes.decode(ids)).isEqualTo(expected.replace('R', '\uFFFD'));
    }

    @Test
    void replacesACutCharacterOnlyAtTheEndOfTheStream() {
        StreamDecoder decoder = bytes.streamDecoder();
        assertThat(decoder.accept(0xE2)).isEmpty();
        assertThat(decoder.accept(0x82)).isEmpty();
        assertThat(decoder.finish()).isEqualTo("\uFFFD");
        assertThat(decoder.finish()).isEmpty();
    }

    @Test
    void replacesACutCharacterBeforeAControlToken() {
        Tokenizer nano = KnownTokenizers.nano();
        StreamDecoder decoder = nano.streamDecoder();
        assertThat(decoder.accept(nano.encode("Ж", Mode.PLAIN)[0])).isEmpty();
        assertThat(decoder.accept(nano.controlId("</think>").getAsInt())).isEqualTo("\uFFFD</think>");
    }

    @Test
    void refusesAnIdThatDoesNotExist() {
        assertThatThrownBy(() -> bytes.streamDecoder().accept(256))
                .isInstanceOf(TokenizerException.class)
                .hasMessage("there is no token 256: the ids of this tokenizer are 0 to 255");
    }
}
