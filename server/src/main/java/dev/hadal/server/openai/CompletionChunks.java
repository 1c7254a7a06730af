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

/** The chunks of a streamed text completion. */
final class CompletionChunks implements EventProjection {
    private final ReplyHead head;
    private final ReplyShape shape;
    private final int choices;
    private final List<TextWithLogProbs> texts = new ArrayList<>();
    private final List<LegacyLogProbs> logProbs = new ArrayList<>();
    private final List<Usage> usages = new ArrayList<>();

    CompletionChunks(ReplyHead head, ReplyShape shape, int choices) {
        this.head = head;
        this.shape = shape;
        this.choices = choices;
        for (int choice = 0; choice < choices; choice++) {
            texts.add(new TextWithLogProbs());
            logProbs.add(new LegacyLogProbs(shape));
        }
    }

    @Override
    public List<ServerEvent> begin(Usage usage) {
        List<ServerEvent> first = new ArrayList<>();
        for (int choice = 0; choice < choices && !shape.echo().isEmpty(); choice++) {
            first.add(chunk(choice, shape.echo(), List.of(), null));
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
            if (piece.event() instanceof ChatEvent.Content content) {
                chunks.add(chunk(choice, content.text(), piece.tokens(), null));
            } else if (piece.event() instanceof ChatEvent.End end) {
                usages.add(end.usage());
                chunks.add(chunk(choice, "", List.of(), end));
            }
        }
        return chunks;
    }

    private ServerEvent chunk(int choice, String text, List<TokenLogProb> tokens, ChatEvent.@Nullable End end) {
        ObjectNode chunk = head.object(CompletionJson.OBJECT);
        ObjectNode only =
                chunk.putArray("choices").addObject().put("text", text).put("index", choice);
        only.set(
                "logprobs",
                tokens.isEmpty() ? Json.nothing() : logProbs.get(choice).of(tokens));
        if (end == null) {
            only.putNull("finish_reason");
        } else {
            only.put("finish_reason", Finish.word(end.reason()));
        }
        if (end != null && usages.size() == choices && shape.decisions().usageOnFinishChunk()) {
            chunk.set("usage", UsageJson.of(Usages.sum(usages), shape));
        } else if (shape.includeUsage()) {
            chunk.putNull("usage");
        }
        return ServerEvent.data(Json.text(chunk));
    }

    @Override
    public List<ServerEvent> end() {
        List<ServerEvent> last = new ArrayList<>();
        if (shape.includeUsage() && !shape.decisions().usageOnFinishChunk()) {
            ObjectNode chunk = head.object(CompletionJson.OBJECT);
            chunk.putArray("choices");
            chunk.set("usage", UsageJson.of(Usages.sum(usages), shape));
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
