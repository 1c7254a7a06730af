package dev.hadal.server.openai;

import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.ToolCall;
import dev.hadal.chat.Usage;
import dev.hadal.server.api.EventProjection;
import dev.hadal.server.api.Json;
import dev.hadal.server.api.ServerEvent;
import dev.hadal.server.http.HttpException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The events of a streamed response: named, numbered, one output item after the other. */
final class ResponseEvents implements EventProjection {
    /** The item that is open. */
    private enum Item {
        NONE,
        REASONING,
        MESSAGE,
        CALL
    }

    private final ResponseJson response;
    private final ResponseItems items;
    private final List<ServerEvent> out = new ArrayList<>();
    private final List<ObjectNode> done = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private Item open = Item.NONE;
    private String itemId = "";
    private ToolCall call = new ToolCall("", "", "");
    private int sequence;

    ResponseEvents(ResponseJson response, ResponseItems items) {
        this.response = response;
        this.items = items;
    }

    @Override
    public List<ServerEvent> begin(Usage usage) {
        send(event("response.created").set("response", response.begun()));
        send(event("response.in_progress").set("response", response.begun()));
        return taken();
    }

    @Override
    public List<ServerEvent> accept(int choice, ChatEvent event) {
        switch (event) {
            case ChatEvent.Reasoning more -> {
                enter(Item.REASONING);
                text.append(more.text());
                send(inPart("response.reasoning_text.delta").put("delta", more.text()));
            }
            case ChatEvent.Content more -> {
                enter(Item.MESSAGE);
                text.append(more.text());
                ObjectNode delta = inPart("response.output_text.delta").put("delta", more.text());
                delta.putArray("logprobs");
                send(delta);
            }
            case ChatEvent.ToolCallStart start -> {
                close();
                open = Item.CALL;
                call = new ToolCall(start.id(), start.name(), "");
                itemId = items.callId(start.name());
                added(items.call(itemId, call, false));
            }
            case ChatEvent.ToolCallArguments more -> {
                if (!items.origin(call.name()).custom()) {
                    send(inItem("response.function_call_arguments.delta").put("delta", more.json()));
                }
            }
            case ChatEvent.ToolCallEnd end -> {
                call = end.call();
                closeCall();
            }
            case ChatEvent.End end -> {
                // A call that was cut off is no item.
                open = open == Item.CALL ? Item.NONE : open;
                close();
                send(event(ResponseJson.complete(end) ? "response.completed" : "response.incomplete")
                        .set("response", response.ended(end, done)));
            }
            case ChatEvent.LogProbs _ -> {}
        }
        return taken();
    }

    @Override
    public List<ServerEvent> end() {
        return List.of();
    }

    @Override
    public List<ServerEvent> failed(HttpException failure, String requestId) {
        send(event("response.failed").set("response", response.failed(failure)));
        return taken();
    }

    private void enter(Item item) {
        if (open == item) {
            return;
        }
        close();
        open = item;
        if (item == Item.REASONING) {
            itemId = items.id("rs_");
            added(items.reasoning(itemId, "", false));
            send(inPart("response.content_part.added").set("part", ResponseItems.reasoningPart("")));
        } else {
            itemId = items.id("msg_");
            added(ResponseItems.message(itemId, "", false));
            send(inPart("response.content_part.added").set("part", ResponseItems.textPart("")));
        }
    }

    private void close() {
        String whole = text.toString();
        switch (open) {
            case REASONING -> {
                send(inPart("response.reasoning_text.done").put("text", whole));
                send(inPart("response.content_part.done").set("part", ResponseItems.reasoningPart(whole)));
                finished(items.reasoning(itemId, whole, true));
            }
            case MESSAGE -> {
                ObjectNode last = inPart("response.output_text.done").put("text", whole);
                last.putArray("logprobs");
                send(last);
                send(inPart("response.content_part.done").set("part", ResponseItems.textPart(whole)));
                finished(ResponseItems.message(itemId, whole, true));
            }
            case CALL -> closeCall();
            case NONE -> {}
        }
        open = Item.NONE;
        text.setLength(0);
    }

    private void closeCall() {
        if (items.origin(call.name()).custom()) {
            String input = ResponseItems.input(call.arguments());
            send(inItem("response.custom_tool_call_input.delta").put("delta", input));
            send(inItem("response.custom_tool_call_input.done").put("input", input));
        } else {
            send(inItem("response.function_call_arguments.done").put("arguments", call.arguments()));
        }
        finished(items.call(itemId, call, true));
        open = Item.NONE;
    }

    private void added(ObjectNode item) {
        send(event("response.output_item.added")
                .put("output_index", done.size())
                .set("item", item));
    }

    private void finished(ObjectNode item) {
        send(event("response.output_item.done").put("output_index", done.size()).set("item", item));
        done.add(item);
    }

    private ObjectNode inItem(String type) {
        return event(type).put("item_id", itemId).put("output_index", done.size());
    }

    private ObjectNode inPart(String type) {
        return inItem(type).put("content_index", 0);
    }

    private ObjectNode event(String type) {
        return Json.object().put("type", type).put("sequence_number", sequence++);
    }

    private void send(ObjectNode event) {
        out.add(new ServerEvent(event.path("type").stringValue(), Json.text(event)));
    }

    private List<ServerEvent> taken() {
        List<ServerEvent> taken = List.copyOf(out);
        out.clear();
        return taken;
    }
}
