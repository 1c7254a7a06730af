package dev.hadal.server.openai;

import dev.hadal.server.api.ModelChoice;
import java.time.Clock;
import java.util.UUID;

/**
 * Makes the heads of replies.
 *
 * @param clock tells when a reply was made
 */
public record ReplyHeads(Clock clock) {
    ReplyHead of(ModelChoice model) {
        return new ReplyHead(
                UUID.randomUUID().toString(),
                clock.instant().getEpochSecond(),
                model.name(),
                model.backend().info().fingerprint());
    }
}
