package dev.hadal.server.openai;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Reasoning in the field {@code encrypted_content}, with which clients that store nothing on the server bring it back.
 * It is the client's own text, shown beside it in the open, so it is packed and not hidden.
 */
final class SealedReasoning {
    private static final String MARK = "hadal1.";

    private SealedReasoning() {}

    static String seal(String reasoning) {
        return MARK
                + Base64.getUrlEncoder().withoutPadding().encodeToString(reasoning.getBytes(StandardCharsets.UTF_8));
    }

    /** What was packed; empty if this was packed by another server. */
    static String open(String sealed) {
        if (!sealed.startsWith(MARK)) {
            return "";
        }
        try {
            return new String(Base64.getUrlDecoder().decode(sealed.substring(MARK.length())), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return "";
        }
    }
}
