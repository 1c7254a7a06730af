package dev.hadal.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In the cases, E is the end of sentence, D the mark, N a line break. */
class StrictParserTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '^',
            value = {
                "THINKING # no end         # at character 0 of the completion: the reasoning is not closed by </think>",
                "CHAT     # no end         # at character 0 of the completion: the message is not closed by "
                        + "<｜end▁of▁sentence｜>",
                "CHAT     # aEb            # at character 20 of the completion: text follows <｜end▁of▁sentence｜>",
                "CHAT     # a<think>E      # at character 1 of the completion: <think> stands in the text",
                "THINKING # r<think></think>E # at character 1 of the completion: <think> stands in the text",
                "CHAT     # a</think>E     # at character 1 of the completion: </think> stands in the text",
                "CHAT     # aN<Dtool_calls>E # at character 3 of the completion: ｜DSML｜ stands in the text",
                "CHAT     # NN<Dtool_calls>N</Dtool_calls>bE # at character 40 of the completion: text follows the "
                        + "tool calls",
                "CHAT     # NN<Dtool_calls></Dtool_calls>E # at character 19 of the completion: a tag does not end with "
                        + "\">\" and a line break",
                "CHAT     # NN<Dtool_calls>N<Dinvoke name=\"f\"></Dinvoke>N</Dtool_calls>E # at character 34 of the "
                        + "completion: no line break follows the name of a call",
                "CHAT     # NN<Dtool_calls>N<Dinvoke id=\"f\">N</Dinvoke>N</Dtool_calls>E # at character 34 of the "
                        + "completion: a call's tag does not read name=\"...\">",
                "CHAT     # NN<Dtool_calls>N<Dinvoke name=\"f\">N # at character 34 of the completion: the call of "
                        + "\"f\" is not closed",
                "CHAT     # NN<Dtool_calls>N<Dinvoke name=\"f\">N<Dparameter name=\"a\" string=\"true\">x # at character "
                        + "61 of the completion: an argument is not closed",
                "CHAT     # NN<Dtool_calls>N<Dinvoke name=\"f\">N<Dparameter string=\"true\" name=\"a\">x</Dparameter>N "
                        + "# at character 61 of the completion: an argument's tag does not read name=\"...\" "
                        + "string=\"true|false\">"
            })
    void rejectsNamingThePlace(ThinkingMode mode, String completion, String reason) {
        assertThatThrownBy(() -> parse(completion, mode))
                .isInstanceOf(CompletionFormatException.class)
                .hasMessage(reason);
    }

    @Test
    void rejectsAnArgumentGivenTwice() {
        String argument = "<Dparameter name=\"a\" string=\"true\">x</Dparameter>N";
        String completion =
                "NN<Dtool_calls>N<Dinvoke name=\"f\">N" + argument + argument + "</Dinvoke>N</Dtool_calls>E";
        assertThatThrownBy(() -> parse(completion, ThinkingMode.CHAT))
                .isInstanceOf(CompletionFormatException.class)
                .hasMessageEndingWith(": the argument \"a\" is given twice");
    }

    @Test
    void copiesJsonAndQuotesStrings() {
        String completion =
                "NN<Dtool_calls>N<Dinvoke name=\"f\">N<Dparameter name=\"a\"b\" string=\"true\">\"xN</Dparameter>N"
                        + "<Dparameter name=\"c\" string=\"false\"> 1.50 </Dparameter>N</Dinvoke>N</Dtool_calls>E";
        assertThat(parse(completion, ThinkingMode.CHAT).toolCalls())
                .containsExactly(new ToolCall("id", "f", "{\"a\\\"b\": \"\\\"x\\n\", \"c\":  1.50 }"));
    }

    @Test
    @Timeout(30)
    void readsManyCallsInLinearTime() {
        String calls =
                "<Dinvoke name=\"f\">N<Dparameter name=\"a\" string=\"true\">x</Dparameter>N</Dinvoke>N".repeat(5_000);
        assertThat(parse("NN<Dtool_calls>N" + calls + "</Dtool_calls>E", ThinkingMode.CHAT)
                        .toolCalls())
                .hasSize(5_000);
    }

    private static Message.Assistant parse(String shorthand, ThinkingMode mode) {
        String completion = shorthand.replace("D", "｜DSML｜").replace("N", "\n").replace("E", "<｜end▁of▁sentence｜>");
        return StrictParser.parse(completion, mode, index -> "id");
    }
}
