package dev.hadal.chat;

import java.util.Locale;

/** The quick instructions of DeepSeek's own app; not reachable through public interfaces (encoding.md 10). */
public enum Task {
    /** An ordinary message. */
    NONE,
    /** Search or answer? */
    ACTION,
    /** Write search queries. */
    QUERY,
    /** Does the question need authoritative sources? */
    AUTHORITY,
    /** Name the domain of the question. */
    DOMAIN,
    /** Title the conversation; sits on an assistant message. */
    TITLE,
    /** Is the address worth reading? */
    READ_URL;

    /** The control token that asks for this task. */
    String token() {
        return "<｜" + name().toLowerCase(Locale.ROOT) + "｜>";
    }
}
