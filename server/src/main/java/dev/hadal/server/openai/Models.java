package dev.hadal.server.openai;

import dev.hadal.server.api.Json;
import dev.hadal.server.api.ModelNames;
import dev.hadal.server.api.Replies;
import dev.hadal.server.api.ServedModel;
import dev.hadal.server.http.Exchange;
import dev.hadal.server.http.Handler;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET /models} and {@code /v1/models} (api.md 12). */
public final class Models implements Handler {
    private static final String OWNER = "deepseek";

    private final ModelNames models;
    private final long created;

    /**
     * @param models what can be asked
     * @param created seconds since 1970; the hosted service leaves it out, some clients want it
     */
    public Models(ModelNames models, long created) {
        this.models = models;
        this.created = created;
    }

    @Override
    public void handle(Exchange exchange) {
        ObjectNode body = Json.object().put("object", "list");
        ArrayNode list = body.putArray("data");
        for (ServedModel model : models.served()) {
            list.addObject()
                    .put("id", model.name())
                    .put("object", "model")
                    .put("created", created)
                    .put("owned_by", OWNER);
        }
        Replies.json(exchange, body);
    }
}
