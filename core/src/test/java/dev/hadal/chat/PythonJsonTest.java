package dev.hadal.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Expected values were recorded from Python itself. */
class PythonJsonTest {

    static Stream<JsonNode> documents() {
        return Vectors.read("python-json.json").path("documents").values().stream();
    }

    static Stream<String> rejected() {
        return Vectors.read("python-json.json").path("rejected").values().stream()
                .map(JsonNode::stringValue);
    }

    @Test
    void spellsFloatsAsPython() {
        int numbers = 0;
        for (JsonNode number : Vectors.read("python-json.json").path("numbers").values()) {
            double value = Double.longBitsToDouble(
                    Long.parseUnsignedLong(number.path("bits").stringValue(), 16));
            assertThat(PythonJson.number(value)).isEqualTo(number.path("repr").stringValue());
            numbers++;
        }
        assertThat(numbers).isEqualTo(540);
    }

    @ParameterizedTest
    @MethodSource("documents")
    void spellsDocumentsAsPython(JsonNode document) {
        assertThat(PythonJson.respell(document.path("json").stringValue()))
                .contains(document.path("spelled").stringValue());
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void rejectsWhatPythonRejects(String json) {
        assertThat(PythonJson.respell(json)).isEmpty();
    }

    @Test
    void keepsIntegersOfAnySize() {
        String digits = "9".repeat(900);
        assertThat(PythonJson.respell("[-" + digits + "]")).contains("[-" + digits + "]");
    }

    @ParameterizedTest
    @ValueSource(ints = {257, 1_000, 100_000, 10_000_000})
    void refusesDepthWithoutRecursion(int depth) {
        assertThat(PythonJson.respell("[".repeat(depth + 4) + "]".repeat(depth + 4)))
                .isEmpty();
    }

    @Test
    void spellsTheDeepestSchema() {
        String deep = "[".repeat(256) + "]".repeat(256);
        assertThat(PythonJson.respell(deep)).contains(deep);
    }

    @Test
    void escapesEveryControlCharacter() {
        StringBuilder raw = new StringBuilder();
        StringBuilder expected = new StringBuilder("\"");
        for (char c = 0; c < ' '; c++) {
            raw.append(c);
            String brief = "\b\t\n\f\r".indexOf(c) < 0 ? "" : String.valueOf("btnfr".charAt("\b\t\n\f\r".indexOf(c)));
            expected.append(brief.isEmpty() ? "\\u%04x".formatted((int) c) : "\\" + brief);
        }
        assertThat(PythonJson.quote(raw.toString()))
                .isEqualTo(expected.append('"').toString());
    }
}
