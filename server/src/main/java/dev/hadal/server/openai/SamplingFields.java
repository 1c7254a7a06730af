package dev.hadal.server.openai;

import dev.hadal.OutputOptions;
import dev.hadal.chat.Field;
import dev.hadal.sample.Adjustments;
import dev.hadal.sample.LogitBias;
import dev.hadal.sample.Penalties;
import dev.hadal.sample.SamplingParams;
import dev.hadal.server.api.GenerationLimits;
import dev.hadal.server.api.Replies;
import dev.hadal.server.http.HttpException;
import dev.hadal.server.http.Limits;
import java.util.LinkedHashMap;
import java.util.Map;

/** The fields that decide how tokens are chosen. All are checked, even where they have no effect. */
final class SamplingFields {
    private static final int MAX_ALTERNATIVES = 20;
    private static final double HIGHEST_TEMPERATURE = 2;
    private static final double HIGHEST_PENALTY = 2;
    private static final double HIGHEST_BIAS = 100;

    private final Field body;
    private final Replies replies;

    SamplingFields(Field body, Replies replies) {
        this.body = body;
        this.replies = replies;
    }

    /**
     * How tokens are chosen.
     *
     * @param shaped whether the request's values count; while the model thinks, the hosted service ignores them, and
     *     what remains is the model card's temperature 1 with all tokens
     */
    SamplingParams sampling(boolean shaped) {
        boolean hosted = replies.decisions().hostedFieldsOnly();
        float temperature = GenerationLimits.number(body.get("temperature"), 0, HIGHEST_TEMPERATURE, 1);
        float topP = GenerationLimits.number(body.get("top_p"), 0, 1, 1);
        Penalties penalties = new Penalties(penalty("frequency_penalty"), penalty("presence_penalty"), 1);
        LogitBias bias = logitBias();
        long given = body.get("seed").integer(0);
        long seed = hosted || body.get("seed").absent() ? replies.ids().seed() : given;
        if (!shaped) {
            return new SamplingParams(1, 1, 0, 0, seed);
        }
        Adjustments adjustments = hosted ? Adjustments.none() : new Adjustments(penalties, bias);
        return new SamplingParams(temperature, topP, 0, 0, seed, adjustments);
    }

    /** How many answers; always one to the hosted service. */
    int choices(Limits.Fields limits) {
        Field field = body.get("n");
        long choices = field.integer(1);
        if (replies.decisions().hostedFieldsOnly()) {
            return 1;
        }
        if (choices < 1 || choices > limits.choices()) {
            throw field.refused("must be from 1 to " + limits.choices() + ", but is " + choices);
        }
        return (int) choices;
    }

    /** {@code logprobs} and {@code top_logprobs} of a chat. */
    int topLogProbs() {
        boolean wanted = body.get("logprobs").bool(false);
        Field field = body.get("top_logprobs");
        long alternatives = field.integer(0);
        if (!field.absent() && !wanted) {
            throw HttpException.badRequest("Invalid top_logprobs value, logprobs must be true if top_logprobs is set")
                    .withParam(field.path());
        }
        return wanted ? alternatives(field, alternatives) : OutputOptions.NONE;
    }

    /** {@code logprobs} of a completion, which is the number of alternatives. */
    int legacyLogProbs() {
        Field field = body.get("logprobs");
        return field.absent() ? OutputOptions.NONE : alternatives(field, field.integer(0));
    }

    /** With how many alternatives the backend is asked: to tell the best 20 from the rest, the hosted rule needs them. */
    int wantedAlternatives(int shown) {
        return shown >= 0 && replies.decisions().hostedFieldsOnly() ? MAX_ALTERNATIVES : shown;
    }

    private static int alternatives(Field field, long count) {
        if (count < 0 || count > MAX_ALTERNATIVES) {
            throw field.refused("must be from 0 to " + MAX_ALTERNATIVES + ", but is " + count);
        }
        return (int) count;
    }

    private float penalty(String name) {
        return GenerationLimits.number(body.get(name), -HIGHEST_PENALTY, HIGHEST_PENALTY, 0);
    }

    private LogitBias logitBias() {
        Field field = body.get("logit_bias");
        Map<Integer, Float> values = new LinkedHashMap<>();
        if (field.members().size() > LogitBias.MAX_ENTRIES) {
            throw field.refused(
                    "has " + field.members().size() + " entries, at most " + LogitBias.MAX_ENTRIES + " are possible");
        }
        for (Field.Member member : field.members()) {
            values.put(
                    tokenId(field, member.name()),
                    GenerationLimits.number(member.value(), -HIGHEST_BIAS, HIGHEST_BIAS, 0));
        }
        return new LogitBias(values);
    }

    private static int tokenId(Field field, String key) {
        try {
            int id = Integer.parseInt(key);
            if (id >= 0) {
                return id;
            }
        } catch (NumberFormatException _) {
            // Told below.
        }
        throw field.refused("the keys must be token ids, but one is `" + key + "`");
    }
}
