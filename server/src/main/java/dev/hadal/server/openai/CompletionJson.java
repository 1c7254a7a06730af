package dev.hadal.server.openai;

import dev.hadal.server.api.Answer;
import dev.hadal.server.api.Json;
import dev.hadal.server.api.Usages;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The body of a text completion (api.md 4.7). */
final class CompletionJson {
    static final String OBJECT = "text_completion";

    private final ReplyHead head;
    private final ReplyShape shape;

    CompletionJson(ReplyHead head, ReplyShape shape) {
        this.head = head;
        this.shape = shape;
    }

    ObjectNode of(List<Answer> answers) {
        ObjectNode body = head.object(OBJECT);
        ArrayNode choices = body.putArray("choices");
        for (Answer answer : answers) {
            ObjectNode choice = choices.addObject()
                    .put("text", shape.echo() + answer.message().content())
                    .put("index", choices.size() - 1);
            Answer.LogProbLists lists = answer.logProbs();
            choice.set("logprobs", lists == null ? Json.nothing() : new LegacyLogProbs(shape).of(lists.content()));
            choice.put("finish_reason", Finish.word(answer.end().reason()));
        }
        body.set(
                "usage",
                UsageJson.of(
                        Usages.sum(answers.stream()
                                .map(answer -> answer.end().usage())
                                .toList()),
                        shape));
        return body;
    }
}
