package dev.hadal.server.api;

import dev.hadal.chat.ChatRequestException;
import dev.hadal.chat.Field;
import dev.hadal.server.auth.Principal;
import java.nio.charset.StandardCharsets;

/**
 * On whose behalf a key is used. What one end user said is never found in the cache by another (api.md 3,
 * {@code user_id}).
 */
public final class EndUser {
    private EndUser() {}

    /**
     * The name under which the prefix cache keeps what this user's prompts leave.
     *
     * @param userId as the client sends it; may be empty
     */
    public static String cacheNamespace(Principal principal, String userId) {
        return userId.isEmpty() ? principal.cacheNamespace() : principal.cacheNamespace() + "/" + userId;
    }

    /**
     * The user in the {@code user_id} of Claude Code, which is an object in a string and names the session as well: a
     * new session of the same user must find the prefix of the last one. Other ids stay as they are.
     */
    public static String withoutSession(String userId, Normalisation normalised) {
        if (!userId.startsWith("{")) {
            return userId;
        }
        Field id;
        try {
            id = Field.body(userId.getBytes(StandardCharsets.UTF_8));
        } catch (ChatRequestException _) {
            return userId;
        }
        if (!id.get("session_id").isString()) {
            return userId;
        }
        normalised.add(Normalisation.SESSION);
        StringBuilder user = new StringBuilder();
        for (Field.Member member : id.members()) {
            if (!member.name().equals("session_id")) {
                user.append(member.name())
                        .append('=')
                        .append(member.value().json())
                        .append(';');
            }
        }
        return user.toString();
    }
}
