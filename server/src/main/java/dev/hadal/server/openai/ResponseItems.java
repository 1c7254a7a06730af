package dev.hadal.server.openai;

import dev.hadal.chat.Message;
import dev.hadal.chat.ToolCall;
import dev.hadal.server.api.Json;
import dev.hadal.server.api.ToolCallIds;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The output items of a response, complete or just begun. */
final class ResponseItems {
    private static final String COMPLETED = "completed";
    private static final String STATUS = "status";
    private static final int ID_LENGTH = 32;

    private final ResponseTools tools;
    private final ToolCallIds ids;
    private final boolean sealed;

    /**
     * @param tools the client's names of tools
     * @param ids gives ids
     * @param sealed whether reasoning is also given in a form that the client can return
     */
    ResponseItems(ResponseTools tools, ToolCallIds ids, boolean sealed) {
        this.tools = tools;
        this.ids = ids;
        this.sealed = sealed;
    }

    /** A new id. */
    String id(String prefix) {
        return prefix + ids.text(ID_LENGTH);
    }

    /** What the client calls the tool that the model called. */
    ResponseTools.Origin origin(String called) {
        return tools.origin(called);
    }

    ObjectNode reasoning(String id, String text, boolean complete) {
        ObjectNode item = Json.object().put("id", id).put("type", "reasoning");
        item.putArray("summary");
        ArrayNode content = item.putArray("content");
        if (complete) {
            content.add(reasoningPart(text));
        }
        if (sealed) {
            item.put("encrypted_content", complete ? SealedReasoning.seal(text) : null);
        }
        return item.put(STATUS, complete ? COMPLETED : "in_progress");
    }

    static ObjectNode reasoningPart(String text) {
        return Json.object().put("type", "reasoning_text").put("text", text);
    }

    static ObjectNode message(String id, String text, boolean complete) {
        ObjectNode item = Json.object()
                .put("id", id)
                .put("type", "message")
                .put(STATUS, complete ? COMPLETED : "in_progress")
                .put("role", "assistant");
        ArrayNode content = item.putArray("content");
        if (complete) {
            content.add(textPart(text));
        }
        return item;
    }

    static ObjectNode textPart(String text) {
        ObjectNode part = Json.object().put("type", "output_text").put("text", text);
        part.putArray("annotations");
        part.putArray("logprobs");
        return part;
    }

    ObjectNode call(String id, ToolCall call, boolean complete) {
        ResponseTools.Origin origin = origin(call.name());
        ObjectNode item = Json.object()
                .put("id", id)
                .put("type", origin.custom() ? "custom_tool_call" : "function_call")
                .put(STATUS, complete ? COMPLETED : "in_progress")
                .put("call_id", call.id())
                .put("name", origin.name());
        if (!origin.namespace().isEmpty()) {
            item.put("namespace", origin.namespace());
        }
        return origin.custom()
                ? item.put("input", complete ? input(call.arguments()) : "")
                : item.put("arguments", complete ? call.arguments() : "");
    }

    String callId(String called) {
        return id(origin(called).custom() ? "ctc_" : "fc_");
    }

    /** The text that a custom tool is given; a model that shapes the call otherwise has its arguments passed on. */
    static String input(String arguments) {
        try {
            return JsonMapper.shared().readTree(arguments).path("input").asString(arguments);
        } catch (JacksonException _) {
            return arguments;
        }
    }

    /** All items of a complete answer, in their order. */
    List<ObjectNode> all(Message.Assistant message) {
        List<ObjectNode> items = new ArrayList<>();
        if (!message.reasoning().isEmpty()) {
            items.add(reasoning(id("rs_"), message.reasoning(), true));
        }
        if (!message.content().isEmpty()) {
            items.add(message(id("msg_"), message.content(), true));
        }
        for (ToolCall call : message.toolCalls()) {
            items.add(call(callId(call.name()), call, true));
        }
        return items;
    }
}
