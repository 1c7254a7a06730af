package dev.hadal.server.anthropic;

import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.Usage;
import dev.hadal.server.api.EventProjection;
import dev.hadal.server.api.Json;
import dev.hadal.server.api.ServerEvent;
import dev.hadal.server.http.Dialect;
import dev.hadal.server.http.ErrorBody;
import dev.hadal.server.http.HttpException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The events of a streamed message (api.md 10.5): blocks one after the other, each with an index. */
final class MessageEvents implements EventProjection {
    private static final String PING = "ping";

    /** The block that is open. */
    private enum Block {
        NONE,
        THINKING,
        TEXT,
        TOOL_USE
    }

    private final MessageHead head;
    private final List<ServerEvent> out = new ArrayList<>();
    private Block open = Block.NONE;
    private int blocks;
    private boolean thought;

    MessageEvents(MessageHead head) {
        this.head = head;
    }

    @Override
    public List<ServerEvent> begin(Usage usage) {
        ObjectNode message = head.object();
        message.putArray("content");
        message.putNull("stop_reason").putNull("stop_sequence");
        message.set("usage", head.usage(new Usage(usage.promptTokens(), 0, 0, usage.reusedTokens())));
        send(event("message_start").set("message", message));
        return taken();
    }

    @Override
    public List<ServerEvent> accept(int choice, ChatEvent event) {
        switch (event) {
            case ChatEvent.Reasoning more -> {
                enter(Block.THINKING);
                delta(Json.object().put("type", "thinking_delta").put("thinking", more.text()));
            }
            case ChatEvent.Content more -> {
                enter(Block.TEXT);
                delta(Json.object().put("type", "text_delta").put("text", more.text()));
            }
            case ChatEvent.ToolCallStart start -> {
                close();
                ensureThinking();
                open(
                        Block.TOOL_USE,
                        Json.object()
                                .put("type", "tool_use")
                                .put("id", start.id())
                                .put("name", start.name())
                                .set("input", Json.object()));
            }
            case ChatEvent.ToolCallArguments more ->
                delta(Json.object().put("type", "input_json_delta").put("partial_json", more.json()));
            case ChatEvent.ToolCallEnd _ -> close();
            case ChatEvent.End end -> {
                ensureThinking();
                close();
                ObjectNode last = event("message_delta");
                last.set("delta", StopWords.of(end));
                last.set("usage", head.usage(end.usage()));
                send(last);
            }
            case ChatEvent.LogProbs _ -> {}
        }
        return taken();
    }

    @Override
    public List<ServerEvent> end() {
        send(event("message_stop"));
        return taken();
    }

    @Override
    public List<ServerEvent> failed(HttpException failure, String requestId) {
        return List.of(new ServerEvent("error", ErrorBody.json(failure, Dialect.ANTHROPIC, requestId)));
    }

    private void enter(Block block) {
        if (open == block) {
            return;
        }
        close();
        if (block == Block.THINKING) {
            thought = true;
            openThinking();
        } else {
            ensureThinking();
            open(block, Json.object().put("type", "text").put("text", ""));
        }
    }

    /** In thinking mode there is a thinking block even if it is empty. */
    private void ensureThinking() {
        if (head.thinking() && !thought) {
            thought = true;
            openThinking();
            close();
        }
    }

    private void openThinking() {
        open(
                Block.THINKING,
                Json.object().put("type", "thinking").put("thinking", "").put("signature", ""));
    }

    private void open(Block block, ObjectNode content) {
        open = block;
        send(event("content_block_start").put("index", blocks).set("content_block", content));
        if (blocks == 0) {
            send(event(PING));
        }
    }

    private void delta(ObjectNode delta) {
        send(event("content_block_delta").put("index", blocks).set("delta", delta));
    }

    private void close() {
        if (open == Block.NONE) {
            return;
        }
        if (open == Block.THINKING) {
            delta(Json.object().put("type", "signature_delta").put("signature", head.id()));
        }
        send(event("content_block_stop").put("index", blocks));
        open = Block.NONE;
        blocks++;
    }

    private static ObjectNode event(String type) {
        return Json.object().put("type", type);
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
