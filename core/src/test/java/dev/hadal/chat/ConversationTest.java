package dev.hadal.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConversationTest {
    private static final Message.Assistant PREFIX = new Message.Assistant("", "a", List.of()).opened();

    static Stream<Arguments> unanswerable() {
        Message question = Message.user("q");
        return Stream.of(
                Arguments.of(List.of(), "messages: the conversation is empty; add a user message"),
                Arguments.of(
                        List.of(question, Message.system("s")),
                        "messages[1]: the conversation ends with a system message; add a user message"),
                Arguments.of(
                        List.of(question, new Message.LatestReminder("d")),
                        "messages[1]: the conversation ends with a reminder; add a user message"),
                Arguments.of(
                        List.of(question, Message.assistant("a")),
                        "messages[1]: the conversation ends with an assistant message; add a user message or mark it as"
                                + " prefix"),
                Arguments.of(
                        List.of(question, PREFIX, question),
                        "messages[1]: only the last message can be a prefix to continue"));
    }

    @ParameterizedTest
    @MethodSource("unanswerable")
    void refusesWhatTheModelCannotAnswer(List<Message> messages, String reason) {
        assertThatThrownBy(() -> new Conversation(messages, List.of(), 0).requireAnswerable())
                .isInstanceOf(ConversationException.class)
                .hasMessage(reason);
    }

    @Test
    void acceptsQuestionsResultsAndPrefixes() {
        Conversation asked = Conversation.ask("q");
        assertThatCode(asked::requireAnswerable).doesNotThrowAnyException();
        assertThatCode(() -> asked.plus(PREFIX).requireAnswerable()).doesNotThrowAnyException();
        assertThatCode(() -> asked.plus(Message.toolResult("1", "r")).requireAnswerable())
                .doesNotThrowAnyException();
    }

    @Test
    void refusesAnEncodedPartLongerThanItself() {
        assertThatThrownBy(() -> new Conversation(List.of(), List.of(), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("encoded is 1, must be between 0 and the 0 messages");
    }

    @Test
    void knowsTheToolsOfRequestAndMessages() {
        ToolSpec f = ToolSpec.function("{\"name\":\"f\"}");
        ToolSpec g = ToolSpec.function("{\"name\":\"g\"}");
        Conversation conversation =
                Conversation.of(Message.system("").withTools(List.of(g))).withTools(List.of(f));
        assertThat(conversation.allTools()).containsExactly(f, g);
    }

    @Test
    void startsInReasoningUnlessItIsBehind() {
        Conversation asked = Conversation.ask("q");
        assertThat(asked.completionMode(ThinkingMode.THINKING)).isEqualTo(ThinkingMode.THINKING);
        assertThat(asked.completionMode(ThinkingMode.CHAT)).isEqualTo(ThinkingMode.CHAT);
        assertThat(asked.plus(PREFIX).completionMode(ThinkingMode.THINKING)).isEqualTo(ThinkingMode.CHAT);
    }

    @Test
    void refusesAResultInsideAResult() {
        Part.ToolResult inner = new Part.ToolResult("1", List.of());
        assertThatThrownBy(() -> new Part.ToolResult("2", List.of(inner)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a tool result cannot hold a tool result");
    }
}
