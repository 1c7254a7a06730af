package dev.hadal.server.openai;

import dev.hadal.chat.ScoredToken;
import dev.hadal.chat.TokenLogProb;
import dev.hadal.server.api.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Log-probabilities as the hosted service tells them (api.md 5.2). */
final class LogProbsJson {
    /** Stands for a probability of zero, which JSON has no logarithm for; the hosted service tells no others than 20. */
    static final double IMPOSSIBLE = -9999.0;

    private LogProbsJson() {}

    static ArrayNode list(List<TokenLogProb> tokens, ReplyShape shape) {
        ArrayNode list = Json.array();
        for (TokenLogProb token : tokens) {
            ObjectNode entry = entry(token.chosen(), chosen(token, shape));
            ArrayNode top = entry.putArray("top_logprobs");
            token.top().stream()
                    .limit(shape.topLogProbs())
                    .forEach(alternative -> top.add(entry(alternative, finite(alternative.logProb()))));
            list.add(entry);
        }
        return list;
    }

    /** What is told of the chosen token: the hosted service knows the best ones only. */
    static double chosen(TokenLogProb token, ReplyShape shape) {
        boolean among = token.top().stream()
                .anyMatch(best -> best.id() == token.chosen().id());
        boolean hidden = shape.decisions().hostedFieldsOnly() && !among;
        return hidden ? IMPOSSIBLE : finite(token.chosen().logProb());
    }

    static double finite(double logProb) {
        return Double.isFinite(logProb) ? logProb : IMPOSSIBLE;
    }

    private static ObjectNode entry(ScoredToken token, double logProb) {
        ObjectNode entry = Json.object().put("token", token.text()).put("logprob", logProb);
        ArrayNode bytes = entry.putArray("bytes");
        for (byte part : token.bytes()) {
            bytes.add(part & 0xFF);
        }
        return entry;
    }
}
