package dev.hadal.server.anthropic;

import dev.hadal.chat.Message;
import dev.hadal.chat.ToolCall;
import dev.hadal.server.api.Answer;
import dev.hadal.server.api.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The body of a message (api.md 10.4). */
final class MessageJson {
    private MessageJson() {}

    static ObjectNode of(MessageHead head, Answer answer) {
        ObjectNode body = head.object();
        ArrayNode content = body.putArray("content");
        Message.Assistant message = answer.message();
        if (head.thinking()) {
            content.addObject()
                    .put("type", "thinking")
                    .put("thinking", message.reasoning())
                    .put("signature", head.id());
        }
        if (!message.content().isEmpty()) {
            content.addObject().put("type", "text").put("text", message.content());
        }
        for (ToolCall call : message.toolCalls()) {
            content.addObject()
                    .put("type", "tool_use")
                    .put("id", call.id())
                    .put("name", call.name())
                    .set("input", Json.raw(call.arguments()));
        }
        body.setAll(StopWords.of(answer.end()));
        body.set("usage", head.usage(answer.end().usage()));
        return body;
    }
}
