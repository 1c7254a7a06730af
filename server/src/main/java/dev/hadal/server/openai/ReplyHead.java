package dev.hadal.server.openai;

import dev.hadal.server.api.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * What every part of a reply repeats.
 *
 * @param id names the reply
 * @param created seconds since 1970
 * @param model the name of the model that answers
 * @param fingerprint changes with anything that decides results
 */
record ReplyHead(String id, long created, String model, String fingerprint) {
    /** These with another id. */
    ReplyHead withId(String other) {
        return new ReplyHead(other, created, model, fingerprint);
    }

    /** An object that begins with these. */
    ObjectNode object(String type) {
        return Json.object()
                .put("id", id)
                .put("object", type)
                .put("created", created)
                .put("model", model)
                .put("system_fingerprint", fingerprint);
    }
}
