package dev.hadal.server.openai;

import dev.hadal.chat.ScoredToken;
import dev.hadal.chat.TokenLogProb;
import dev.hadal.server.api.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Log-probabilities in the shape of text completions: parallel lists, and where each token begins. */
final class LegacyLogProbs {
    private final ReplyShape shape;
    private int offset;

    /** Counts from the beginning of the text that is sent. */
    LegacyLogProbs(ReplyShape shape) {
        this.shape = shape;
        this.offset = shape.echo().length();
    }

    /** The next tokens. */
    ObjectNode of(List<TokenLogProb> tokens) {
        ObjectNode lists = Json.object();
        ArrayNode texts = lists.putArray("tokens");
        ArrayNode logProbs = lists.putArray("token_logprobs");
        ArrayNode tops = lists.putArray("top_logprobs");
        ArrayNode offsets = lists.putArray("text_offset");
        for (TokenLogProb token : tokens) {
            String text = token.chosen().text();
            texts.add(text);
            logProbs.add(LogProbsJson.chosen(token, shape));
            ObjectNode top = tops.addObject();
            for (ScoredToken alternative :
                    token.top().stream().limit(shape.topLogProbs()).toList()) {
                top.put(alternative.text(), LogProbsJson.finite(alternative.logProb()));
            }
            offsets.add(offset);
            offset += text.length();
        }
        return lists;
    }
}
