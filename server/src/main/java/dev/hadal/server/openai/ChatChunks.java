package dev.hadal.server.openai;

import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.TokenLogProb;
import dev.hadal.chat.Usage;
import dev.hadal.server.api.EventProjection;
import dev.hadal.server.api.Json;
import dev.hadal.server.api.ServerEvent;
import dev.hadal.server.api.Usages;
import dev.hadal.server.http.Dialect;
import dev.hadal.server.http.ErrorBody;
import dev.hadal.server.http.HttpException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The chunks of a streamed chat completion (api.md 6). */
final class ChatChunks implements EventProjection {
    private static final String CHUNK = "chat.completion.chunk";
    private static final String CONTENT = "content";
    private static final String REASONING = "reasoning_content";
    private static final String USAGE = "usage";

    private final ReplyHead head;
    private final ReplyShape shape;
    private final int choices;
    private final List<TextWithLogProbs> texts = new ArrayList<>();
    private final List<Usage> usages = new ArrayList<>();

    ChatChunks(ReplyHead head, ReplyShape shape, int choices) {
        this.head = head;
        this.shape = shape;
        this.choices = choices;
        for (int choice = 0; choice < choices; choice++) {
            texts.add(new TextWithLogProbs());
        }
    }

    @Override
    public List<ServerEvent> begin(Usage usage) {
        List<ServerEvent> first = new ArrayList<>();
        for (int choice = 0; choice < choices; choice++) {
            ObjectNode delta = Json.object().put("role", "assistant");
            if (shape.thinking()) {
                delta.putNull(CONTENT).put(REASONING, "");
            } else {
                delta.put(CONTENT, "");
            }
            first.add(chunk(choice, delta, List.of(), null));
        }
        return first;
    }

    @Override
    public List<ServerEvent> accept(int choice, ChatEvent event) {
        List<ServerEvent> chunks = new ArrayList<>();
        List<TextWithLogProbs.Piece> pieces = shape.logProbs()
                ? texts.get(choice).accept(event)
                : List.of(new TextWithLogProbs.Piece(event, List.of()));
        for (TextWithLogProbs.Piece piece : pieces) {
            ServerEvent chunk = chunk(choice, piece);
            if (chunk != null) {
                chunks.add(chunk);
            }
        }
        return chunks;
    }

    private @Nullable ServerEvent chunk(int choice, TextWithLogProbs.Piece piece) {
        return switch (piece.event()) {
            case ChatEvent.Reasoning more ->
                chunk(choice, Json.object().putNull(CONTENT).put(REASONING, more.text()), piece.tokens(), null);
            case ChatEvent.Content more -> {
                ObjectNode delta = Json.object().put(CONTENT, more.text());
                yield chunk(choice, shape.thinking() ? delta.putNull(REASONING) : delta, piece.tokens(), null);
            }
            case ChatEvent.ToolCallStart start -> {
                ObjectNode call = Json.object()
                        .put("index", start.index())
                        .put("id", start.id())
                        .put("type", "function");
                call.putObject("function").put("name", start.name()).put("arguments", "");
                yield chunk(choice, calls(call), List.of(), null);
            }
            case ChatEvent.ToolCallArguments more -> {
                ObjectNode call = Json.object().put("index", more.index());
                call.putObject("function").put("arguments", more.json());
                yield chunk(choice, calls(call), List.of(), null);
            }
            case ChatEvent.End end -> {
                usages.add(end.usage());
                ObjectNode delta = Json.object().put(CONTENT, "");
                yield chunk(choice, shape.thinking() ? delta.putNull(REASONING) : delta, List.of(), end);
            }
            case ChatEvent.ToolCallEnd _, ChatEvent.LogProbs _ -> null;
        };
    }

    private static ObjectNode calls(ObjectNode call) {
        ObjectNode delta = Json.object();
        delta.putArray("tool_calls").add(call);
        return delta;
    }

    private ServerEvent chunk(int choice, ObjectNode delta, List<TokenLogProb> tokens, ChatEvent.@Nullable End end) {
        ObjectNode chunk = head.object(CHUNK);
        ObjectNode only = chunk.putArray("choices").addObject().put("index", choice);
        boolean reasoning = delta.path(REASONING).isString();
        only.set("delta", delta);
        if (tokens.isEmpty()) {
            only.putNull("logprobs");
        } else {
            ObjectNode logProbs = only.putObject("logprobs");
            logProbs.set(CONTENT, reasoning ? Json.nothing() : LogProbsJson.list(tokens, shape));
            logProbs.set(REASONING, reasoning ? LogProbsJson.list(tokens, shape) : Json.nothing());
        }
        if (end == null) {
            only.putNull("finish_reason");
        } else {
            only.put("finish_reason", Finish.word(end.reason()));
        }
        boolean last = end != null && usages.size() == choices;
        if (last && shape.decisions().usageOnFinishChunk()) {
            chunk.set(USAGE, UsageJson.of(Usages.sum(usages), shape));
        } else if (shape.includeUsage()) {
            chunk.putNull(USAGE);
        }
        return ServerEvent.data(Json.text(chunk));
    }

    @Override
    public List<ServerEvent> end() {
        List<ServerEvent> last = new ArrayList<>();
        if (shape.includeUsage() && !shape.decisions().usageOnFinishChunk()) {
            ObjectNode chunk = head.object(CHUNK);
            chunk.putArray("choices");
            chunk.set(USAGE, UsageJson.of(Usages.sum(usages), shape));
            last.add(ServerEvent.data(Json.text(chunk)));
        }
        last.add(ServerEvent.data("[DONE]"));
        return last;
    }

    @Override
    public List<ServerEvent> failed(HttpException failure, String requestId) {
        return List.of(ServerEvent.data(ErrorBody.json(failure, Dialect.OPENAI, requestId)));
    }
}
