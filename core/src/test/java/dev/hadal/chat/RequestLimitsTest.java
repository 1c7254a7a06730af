package dev.hadal.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestLimitsTest {
    @ParameterizedTest
    @ValueSource(ints = {100, 1_000, 100_000, 10_000_000})
    void nestingIsRefusedAtTheLimitHoweverDeepItGoes(int brackets) {
        refuses("{\"a\":" + "[".repeat(brackets), "");
        refuses("{\"messages\":" + "[".repeat(brackets) + "]".repeat(brackets) + "}", "");
    }

    @Test
    void sixtyFourLevelsAreReadAndOneMoreIsNot() {
        accepts("{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}");
        refuses("{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}", "nested deeper than 64 levels");
        accepts("{\"messages\":[{\"content\":" + "[".repeat(61) + "]".repeat(61) + "}]}");
        refuses(
                "{\"messages\":[{},{\"content\":" + "[".repeat(62) + "]".repeat(62) + "}]}",
                "messages[1]: is nested deeper than 64 levels");
    }

    @Test
    void schemasMayNestDeeper() {
        String tool = "{\"tools\":[{\"function\":{\"name\":\"f\",\"parameters\":%s}}]}";
        accepts(tool.formatted("[".repeat(255) + "]".repeat(255)));
        refuses(tool.formatted("[".repeat(300) + "]".repeat(300)), "");
    }

    @Test
    void aKeyGivenTwiceIsRefusedWhereverItIs() {
        refuses("{\"model\":\"a\",\"model\":\"b\"}", "Duplicate Object property \"model\"");
        refuses("{\"x\":{\"y\":1,\"y\":2}}", "Duplicate Object property \"y\"");
        accepts("{\"model\":\"a\",\"Model\":\"b\"}");
    }

    @Test
    void tenThousandKeysAreReadAndOneMoreIsNot() {
        accepts("{\"metadata\":{" + keys(10_000) + "}}");
        refuses("{\"metadata\":{" + keys(10_001) + "}}", "metadata: an object has 10001 keys, at most 10000");
        refuses("{" + keys(10_001) + "}", "an object has 10001 keys");
    }

    @Test
    void longKeysAndNumbersAreRefused() {
        accepts("{\"" + "k".repeat(1_024) + "\":1}");
        refuses("{\"" + "k".repeat(1_025) + "\":1}", "Name length (1025)");
        accepts("{\"a\":" + "9".repeat(64) + "}");
        refuses("{\"a\":" + "9".repeat(65) + "}", "Number value length (65)");
        refuses("{\"a\":" + "9".repeat(1_000_000) + "}", "Number value length");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "\"x\"",
                "null",
                "{\"a\":1",
                "{\"a\":1} x",
                "{\"a\":1}{\"a\":2}",
                "{'a':1}",
                "{\"a\":NaN}"
            })
    void aBodyIsOneObject(String body) {
        refuses(body, "body");
    }

    @ParameterizedTest
    @CsvSource({"\\ud83d", "\\ude00\\ud83d", "x\\ud83dx"})
    void halfASurrogatePairIsNoText(String escapes) {
        refuses("{\"messages\":[{\"content\":\"" + escapes + "\"}]}", "messages[0]: holds an unpaired surrogate");
        refuses("{\"" + escapes + "\":1}", "surrogate");
    }

    @Test
    void textIsKeptAsItIs() {
        Field body = Field.body("{\"a\":\"\\ud83d\\ude00\\u0000\\u0007😀\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(body.get("a").string()).isEqualTo("😀\0\u0007😀");
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() {
        byte[] body = "{\"a\":\"?\"}".getBytes(StandardCharsets.UTF_8);
        body[6] = (byte) 0xff;
        assertThatThrownBy(() -> Field.body(body))
                .hasMessageContaining("the body cannot be read as JSON: Invalid UTF-8");
    }

    @Test
    void theLimitsCanBeOthers() {
        RequestLimits limits = new RequestLimits(3, 2, 2, 3, 2);
        byte[] body = "{\"abc\":[[12]],\"b\":1}".getBytes(StandardCharsets.UTF_8);
        assertThatCode(() -> Field.body(body, limits)).doesNotThrowAnyException();
        for (String refused :
                new String[] {"{\"a\":[[[]]]}", "{\"a\":123}", "{\"abcd\":1}", "{\"a\":1,\"b\":1,\"c\":1}"}) {
            assertThatThrownBy(() -> Field.body(refused.getBytes(StandardCharsets.UTF_8), limits))
                    .isInstanceOf(ChatRequestException.class);
        }
    }

    @Test
    void millionsOfEmptyValuesDoNotFillTheMemory() {
        refuses("{\"a\":[" + "{},".repeat(1_100_000) + "1]}", "Token count");
    }

    private static String keys(int count) {
        return IntStream.range(0, count).mapToObj(key -> "\"k" + key + "\":1").collect(Collectors.joining(","));
    }

    private static void accepts(String body) {
        assertThatCode(() -> Field.body(body.getBytes(StandardCharsets.UTF_8))).doesNotThrowAnyException();
    }

    private static void refuses(String body, String reason) {
        assertThatThrownBy(() -> Field.body(body.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(ChatRequestException.class)
                .hasMessageContaining(reason);
    }
}
