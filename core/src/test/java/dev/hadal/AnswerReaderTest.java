package dev.hadal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.chat.AnswerCollector;
import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.Message;
import dev.hadal.chat.ScoredToken;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.chat.TokenLogProb;
import dev.hadal.chat.ToolCall;
import dev.hadal.chat.Usage;
import dev.hadal.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sampled ids to events, with the tokenizer of the embedded model. */
class AnswerReaderTest {
    private static final Usage NOTHING = new Usage(0, 0, 0, 0);

    private final Tokenizer tokenizer = Tokenizer.load(NanoFiles.DIRECTORY.resolve("tokenizer.json"));

    private static AnswerFormat format(ThinkingMode mode, String... stop) {
        return new AnswerFormat(mode, List.of(), index -> "call_" + index, List.of(stop));
    }

    private TokenLogProb score(int id) {
        return new TokenLogProb(new ScoredToken(id, tokenizer.bytes(id), -id), List.of());
    }

    /** All events of a completion whose tokens carry log-probabilities. */
    private List<ChatEvent> read(AnswerReader reader, String completion) {
        List<ChatEvent> events = new ArrayList<>();
        for (int id : tokenizer.encode(completion, Tokenizer.Mode.PARSE)) {
            if (!reader.ended()) {
                events.addAll(reader.accept(id, score(id)));
            }
        }
        events.addAll(reader.finish(FinishReason.STOP, reader.usage(0, 0)));
        return events;
    }

    private static String scoredText(List<ChatEvent> events, boolean reasoning) {
        StringBuilder text = new StringBuilder();
        for (ChatEvent event : events) {
            if (event instanceof ChatEvent.LogProbs scores && scores.reasoning() == reasoning) {
                scores.tokens().forEach(token -> text.append(token.chosen().text()));
            }
        }
        return text.toString();
    }

    private static Message.Assistant message(List<ChatEvent> events) {
        AnswerCollector collector = new AnswerCollector();
        events.forEach(collector::accept);
        return collector.message();
    }

    @Test
    void scoresFollowTheTextTheyBelongTo() {
        List<ChatEvent> events = read(
                new AnswerReader(tokenizer, format(ThinkingMode.THINKING)),
                "The capital</think>of\n\nFrance<｜end▁of▁sentence｜>");
        assertThat(scoredText(events, true)).isEqualTo("The capital");
        assertThat(scoredText(events, false)).isEqualTo("of\n\nFrance");
        for (int at = 0; at < events.size(); at++) {
            if (events.get(at) instanceof ChatEvent.LogProbs scores) {
                assertThat(events.get(at - 1))
                        .isInstanceOf(scores.reasoning() ? ChatEvent.Reasoning.class : ChatEvent.Content.class);
            }
        }
    }

    @Test
    void tokensOfToolCallsAndOfTheBlankLineBeforeThemHaveNoScores() {
        List<ChatEvent> events = read(new AnswerReader(tokenizer, format(ThinkingMode.CHAT)), """
                        Wait.

                        <｜DSML｜tool_calls>
                        <｜DSML｜invoke name="f">
                        <｜DSML｜parameter name="x" string="false">1</｜DSML｜parameter>
                        </｜DSML｜invoke>
                        </｜DSML｜tool_calls>""");
        assertThat(message(events).toolCalls()).containsExactly(new ToolCall("call_0", "f", "{\"x\": 1}"));
        // The full stop and the line breaks may be one token, which then belongs to the full stop.
        assertThat(scoredText(events, false)).startsWith("Wait.").isIn("Wait.", "Wait.\n\n");
        assertThat(((ChatEvent.End) events.getLast()).reason()).isEqualTo(FinishReason.TOOL_CALLS);
    }

    @Test
    void tokensOfAStopTextHaveNoScores() {
        AnswerReader reader = new AnswerReader(tokenizer, format(ThinkingMode.CHAT, " is Paris"));
        List<ChatEvent> events = read(reader, "The capital of France is Paris.");
        assertThat(message(events).content()).isEqualTo("The capital of France");
        assertThat(scoredText(events, false)).isEqualTo("The capital of France");
        assertThat(events).last().isEqualTo(new ChatEvent.End(FinishReason.STOP, new Usage(0, 6, 0, 0), " is Paris"));
    }

    @Test
    void aScoreWaitsForTheCharacterThatItsTokenBegins() {
        List<ChatEvent> events = read(new AnswerReader(tokenizer, format(ThinkingMode.CHAT)), "a\uD83E\uDD8Az");
        byte[] scored = events.stream()
                .filter(ChatEvent.LogProbs.class::isInstance)
                .flatMap(event -> ((ChatEvent.LogProbs) event).tokens().stream())
                .map(token -> token.chosen().bytes())
                .reduce(new byte[0], AnswerReaderTest::joined);
        assertThat(new String(scored, java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("a\uD83E\uDD8Az");
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Test
    void inRawTextNothingHasAMeaningButTheEnd() {
        AnswerReader reader = new AnswerReader(tokenizer, AnswerFormat.raw(List.of()));
        List<ChatEvent> events = read(reader, "a<think>b</think>\n\n<｜DSML｜tool_calls>c<｜end▁of▁sentence｜>d");
        assertThat(message(events).content()).isEqualTo("a<think>b</think>\n\n<｜DSML｜tool_calls>c");
        assertThat(((ChatEvent.End) events.getLast()).reason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void anAnswerWithoutTokensHasOnlyItsEnd() {
        AnswerReader reader = new AnswerReader(tokenizer, format(ThinkingMode.THINKING));
        assertThat(reader.finish(FinishReason.CANCELLED, NOTHING))
                .containsExactly(new ChatEvent.End(FinishReason.CANCELLED, NOTHING, null));
    }
}
