package dev.hadal.server.openai;

import dev.hadal.chat.Message;
import dev.hadal.chat.ToolCall;
import dev.hadal.server.api.Answer;
import dev.hadal.server.api.Json;
import dev.hadal.server.api.Usages;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The body of a chat completion (api.md 5). */
final class ChatCompletionJson {
    private final ReplyHead head;
    private final ReplyShape shape;

    ChatCompletionJson(ReplyHead head, ReplyShape shape) {
        this.head = head;
        this.shape = shape;
    }

    ObjectNode of(List<Answer> answers) {
        ObjectNode body = Json.object()
                .put("id", head.id())
                .put("object", "chat.completion")
                .put("created", head.created())
                .put("model", head.model());
        ArrayNode choices = body.putArray("choices");
        for (int index = 0; index < answers.size(); index++) {
            choices.add(choice(index, answers.get(index)));
        }
        body.set(
                "usage",
                UsageJson.of(
                        Usages.sum(answers.stream()
                                .map(answer -> answer.end().usage())
                                .toList()),
                        shape));
        return body.put("system_fingerprint", head.fingerprint());
    }

    private ObjectNode choice(int index, Answer answer) {
        ObjectNode choice = Json.object().put("index", index);
        choice.set("message", message(answer.message()));
        Answer.LogProbLists lists = answer.logProbs();
        if (lists == null) {
            choice.putNull("logprobs");
        } else {
            ObjectNode logProbs = choice.putObject("logprobs");
            logProbs.set("content", LogProbsJson.list(lists.content(), shape));
            if (shape.thinking()) {
                logProbs.set("reasoning_content", LogProbsJson.list(lists.reasoning(), shape));
            }
        }
        return choice.put("finish_reason", Finish.word(answer.end().reason()));
    }

    private ObjectNode message(Message.Assistant message) {
        ObjectNode json = Json.object().put("role", "assistant").put("content", message.content());
        if (shape.thinking()) {
            json.put("reasoning_content", message.reasoning());
        }
        if (!message.toolCalls().isEmpty()) {
            ArrayNode calls = json.putArray("tool_calls");
            for (ToolCall call : message.toolCalls()) {
                ObjectNode one = calls.addObject()
                        .put("index", calls.size() - 1)
                        .put("id", call.id())
                        .put("type", "function");
                one.putObject("function").put("name", call.name()).put("arguments", call.arguments());
            }
        }
        return json;
    }
}
