package dev.hadal.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class ParseVectorsTest {

    static Stream<JsonNode> vectors() {
        return Vectors.cases("parse.json");
    }

    static Stream<JsonNode> accepted() {
        return vectors().filter(vector -> vector.has("result"));
    }

    static Stream<JsonNode> rejected() {
        return vectors().filter(vector -> vector.has("error"));
    }

    @Test
    void readsEveryVector() {
        assertThat(accepted()).hasSize(11);
        assertThat(rejected()).hasSize(5);
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void readsStrictlyAsTheReference(JsonNode vector) {
        String completion = vector.path("completion").stringValue();
        Message.Assistant message = StrictParser.parse(completion, Vectors.mode(vector), index -> "call_" + index);
        assertThat(Vectors.shape(message)).isEqualTo(vector.path("result").toString());
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void rejectsStrictlyWhatTheReferenceRejects(JsonNode vector) {
        String completion = vector.path("completion").stringValue();
        assertThatThrownBy(() -> StrictParser.parse(completion, Vectors.mode(vector), index -> "call_" + index))
                .isInstanceOf(CompletionFormatException.class);
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void readsLenientlyWhatTheReferenceAccepts(JsonNode vector) {
        assertThat(Vectors.shape(lenient(vector)))
                .isEqualTo(vector.path("result").toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "20 | r | ''  | f | {\"a\": \"x\"}",
                "22 | ''| a   | - | -",
                "24 | ''| ''  | f | {\"a\": \"x\"}",
                "26 | ''| x   | f | {\"a\": \"x\"}",
                "28 | ''| ''  | f | {\"a\": \"x\"}",
            })
    void recoversWhatTheReferenceRejects(int id, String reasoning, String content, String tool, String arguments) {
        JsonNode vector = rejected()
                .filter(candidate -> candidate.path("id").intValue() == id)
                .findFirst()
                .orElseThrow();
        List<ToolCall> calls = tool == null ? List.of() : List.of(new ToolCall("call_0", tool, arguments));
        assertThat(lenient(vector)).isEqualTo(new Message.Assistant(reasoning, content, calls));
    }

    private static Message.Assistant lenient(JsonNode vector) {
        String completion = vector.path("completion").stringValue();
        return CompletionParser.parse(completion, Vectors.mode(vector), List.of(), index -> "call_" + index);
    }
}
