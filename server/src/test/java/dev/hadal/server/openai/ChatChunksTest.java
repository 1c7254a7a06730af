package dev.hadal.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.ScoredToken;
import dev.hadal.chat.TokenLogProb;
import dev.hadal.server.api.Decisions;
import dev.hadal.server.api.Scene;
import dev.hadal.server.http.HttpException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChatChunksTest {
    private static final ReplyHead HEAD = new ReplyHead("id-1", 1788397871, "deepseek-v4-flash", "f00d");
    private static final String FRAME = "data: {\"id\":\"id-1\",\"object\":\"chat.completion.chunk\","
            + "\"created\":1788397871,\"model\":\"deepseek-v4-flash\",\"system_fingerprint\":\"f00d\",";
    private static final String USAGE = "{\"prompt_tokens\":363,\"completion_tokens\":62,\"total_tokens\":425,"
            + "\"prompt_tokens_details\":{\"cached_tokens\":300},"
            + "\"completion_tokens_details\":{\"reasoning_tokens\":17},"
            + "\"prompt_cache_hit_tokens\":300,\"prompt_cache_miss_tokens\":63}";

    @Test
    void aStreamInThinkingModeReadsAsTheHostedOne() {
        assertThat(wire(shape(true, false, Decisions.compatible()), Scene.called()))
                .isEqualTo(chunk("{\"role\":\"assistant\",\"content\":null,\"reasoning_content\":\"\"}")
                        + chunk("{\"content\":null,\"reasoning_content\":\"Look.\"}")
                        + chunk("{\"content\":\"I look.\",\"reasoning_content\":null}")
                        + chunk("{\"tool_calls\":[{\"index\":0,\"id\":\"call_00_a\",\"type\":\"function\","
                                + "\"function\":{\"name\":\"weather\",\"arguments\":\"\"}}]}")
                        + chunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\": \\\"\"}}]}")
                        + chunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"Paris\\\"}\"}}]}")
                        + FRAME + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\",\"reasoning_content\":null},"
                        + "\"logprobs\":null,\"finish_reason\":\"tool_calls\"}]}\n\n"
                        + "data: [DONE]\n\n");
    }

    @Test
    void withoutThinkingThereIsNoReasoningField() {
        assertThat(wire(
                        shape(false, false, Decisions.compatible()),
                        List.of(new ChatEvent.Content("Hi"), Scene.end(FinishReason.LENGTH))))
                .isEqualTo(chunk("{\"role\":\"assistant\",\"content\":\"\"}")
                        + chunk("{\"content\":\"Hi\"}")
                        + FRAME + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"logprobs\":null,"
                        + "\"finish_reason\":\"length\"}]}\n\n"
                        + "data: [DONE]\n\n");
    }

    @Test
    void usageComesInAChunkOfItsOwnWhenAskedFor() {
        String wire = wire(shape(true, true, Decisions.compatible()), Scene.thought("r", "c"));
        assertThat(wire)
                .endsWith("\"finish_reason\":\"stop\"}],\"usage\":null}\n\n" + FRAME + "\"choices\":[],\"usage\":"
                        + USAGE + "}\n\ndata: [DONE]\n\n");
        assertThat(wire.split("\"usage\":null", -1))
                .as("four chunks with a choice")
                .hasSize(5);
    }

    @Test
    void usageComesOnTheFinishChunkUnderStrictParityWhetherAskedForOrNot() {
        String floored = USAGE.replace("300", "256").replace("63}", "107}");
        String last = "\"finish_reason\":\"stop\"}],\"usage\":" + floored + "}\n\ndata: [DONE]\n\n";
        assertThat(wire(shape(true, true, Decisions.strictParity()), Scene.thought("r", "c")))
                .endsWith(last)
                .contains("\"usage\":null")
                .doesNotContain("\"choices\":[]");
        assertThat(wire(shape(true, false, Decisions.strictParity()), Scene.thought("r", "c")))
                .endsWith(last)
                .doesNotContain("\"usage\":null");
    }

    @Test
    void logProbabilitiesTravelWithTheirText() {
        TokenLogProb token =
                new TokenLogProb(scored(5, "Hi", -0.5), List.of(scored(5, "Hi", -0.5), scored(6, "Yo", -1)));
        ReplyShape shape = new ReplyShape(true, false, 1, "", Decisions.compatible());
        String wire = Scene.wire(Scene.events(
                new ChatChunks(HEAD, shape, 1),
                List.of(
                        new ChatEvent.Reasoning("Hm"),
                        new ChatEvent.LogProbs(true, List.of(token)),
                        new ChatEvent.Content("Hi"),
                        new ChatEvent.LogProbs(false, List.of(token)),
                        Scene.end(FinishReason.STOP))));
        String entry = "[{\"token\":\"Hi\",\"logprob\":-0.5,\"bytes\":[72,105],"
                + "\"top_logprobs\":[{\"token\":\"Hi\",\"logprob\":-0.5,\"bytes\":[72,105]}]}]";
        assertThat(wire)
                .contains("\"delta\":{\"content\":null,\"reasoning_content\":\"Hm\"},"
                        + "\"logprobs\":{\"content\":null,\"reasoning_content\":" + entry + "}")
                .contains("\"delta\":{\"content\":\"Hi\",\"reasoning_content\":null}," + "\"logprobs\":{\"content\":"
                        + entry + ",\"reasoning_content\":null}");
    }

    @Test
    void impossibleAndHiddenTokensAreToldAsTheHostedServiceDoes() {
        TokenLogProb greedy = new TokenLogProb(
                scored(5, "a", 0), List.of(scored(5, "a", 0), scored(6, "b", Double.NEGATIVE_INFINITY)));
        ReplyShape shape = new ReplyShape(true, false, 2, "", Decisions.strictParity());
        assertThat(LogProbsJson.list(List.of(greedy), shape).toString())
                .contains("\"token\":\"a\",\"logprob\":0.0", "\"token\":\"b\",\"logprob\":-9999.0");
        TokenLogProb unlikely = new TokenLogProb(scored(9, "z", -12), List.of(scored(5, "a", -0.1)));
        assertThat(LogProbsJson.chosen(unlikely, shape)).isEqualTo(-9999.0);
        assertThat(LogProbsJson.chosen(unlikely, new ReplyShape(true, false, 2, "", Decisions.compatible())))
                .isEqualTo(-12);
    }

    @Test
    void severalChoicesShareOneStream() {
        ChatChunks chunks = new ChatChunks(HEAD, shape(false, true, Decisions.compatible()), 2);
        assertThat(chunks.begin(Scene.USAGE)).hasSize(2);
        chunks.accept(1, Scene.end(FinishReason.STOP));
        chunks.accept(0, Scene.end(FinishReason.STOP));
        assertThat(chunks.end().getFirst().data())
                .contains("\"prompt_tokens\":363", "\"completion_tokens\":124", "\"total_tokens\":487");
    }

    @Test
    void aFailureIsOneEventWithTheErrorEnvelope() {
        assertThat(Scene.wire(new ChatChunks(HEAD, shape(true, false, Decisions.compatible()), 1)
                        .failed(HttpException.of(503, "later"), "req-1")))
                .startsWith("data: {\"error\":{\"message\":\"later\"")
                .endsWith("}\n\n");
    }

    @Test
    void theWholeAnswerSaysTheSame() {
        assertThat(new ChatCompletionJson(HEAD, shape(true, false, Decisions.compatible()))
                        .of(List.of(Scene.answer(Scene.called())))
                        .toString())
                .isEqualTo("{\"id\":\"id-1\",\"object\":\"chat.completion\",\"created\":1788397871,"
                        + "\"model\":\"deepseek-v4-flash\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                        + "\"content\":\"I look.\",\"reasoning_content\":\"Look.\",\"tool_calls\":[{\"index\":0,"
                        + "\"id\":\"call_00_a\",\"type\":\"function\",\"function\":{\"name\":\"weather\","
                        + "\"arguments\":\"{\\\"city\\\": \\\"Paris\\\"}\"}}]},\"logprobs\":null,"
                        + "\"finish_reason\":\"tool_calls\"}],\"usage\":" + USAGE
                        + ",\"system_fingerprint\":\"f00d\"}");
    }

    private static ScoredToken scored(int id, String text, double logProb) {
        return new ScoredToken(id, text.getBytes(StandardCharsets.UTF_8), logProb);
    }

    private static ReplyShape shape(boolean thinking, boolean includeUsage, Decisions decisions) {
        return new ReplyShape(thinking, includeUsage, -1, "", decisions);
    }

    private static String wire(ReplyShape shape, List<ChatEvent> answer) {
        return Scene.wire(Scene.events(new ChatChunks(HEAD, shape, 1), answer));
    }

    private static String chunk(String delta) {
        return FRAME + "\"choices\":[{\"index\":0,\"delta\":" + delta
                + ",\"logprobs\":null,\"finish_reason\":null}]}\n\n";
    }
}
