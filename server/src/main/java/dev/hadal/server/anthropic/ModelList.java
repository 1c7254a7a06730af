package dev.hadal.server.anthropic;

import dev.hadal.server.api.Json;
import dev.hadal.server.api.ModelNames;
import dev.hadal.server.api.Replies;
import dev.hadal.server.api.ServedModel;
import dev.hadal.server.http.Exchange;
import dev.hadal.server.http.Handler;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET /anthropic/v1/models}, which the hosted service does not have. */
public final class ModelList implements Handler {
    private static final byte[] EMPTY = {};
    private static final int NOT_FOUND = 404;

    private final ModelNames models;
    private final boolean answered;
    private final Instant created;

    /**
     * @param models what can be asked
     * @param answered whether there is a list at all; otherwise the answer is 404 with an empty body
     * @param created told as the time of each model
     */
    public ModelList(ModelNames models, boolean answered, Instant created) {
        this.models = models;
        this.answered = answered;
        this.created = created;
    }

    @Override
    public void handle(Exchange exchange) {
        if (!answered) {
            exchange.respond(NOT_FOUND, "text/plain", EMPTY);
            return;
        }
        List<ServedModel> served = models.served();
        ObjectNode body = Json.object();
        ArrayNode list = body.putArray("data");
        for (ServedModel model : served) {
            list.addObject()
                    .put("type", "model")
                    .put("id", model.name())
                    .put("display_name", model.name())
                    .put("created_at", created.toString());
        }
        body.put("has_more", false)
                .put("first_id", served.getFirst().name())
                .put("last_id", served.getLast().name());
        Replies.json(exchange, body);
    }
}
