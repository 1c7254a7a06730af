package dev.hadal.chat;

import java.util.List;

/** The control tokens that the V4 format writes or reads, by content (encoding.md 3). */
public final class ControlTokens {
    /** Once, at the start of the prompt. */
    public static final String BEGIN_OF_SENTENCE = "<｜begin▁of▁sentence｜>";
    /** Ends every assistant message; the only stop token. */
    public static final String END_OF_SENTENCE = "<｜end▁of▁sentence｜>";
    /** Opens a user turn. */
    public static final String USER = "<｜User｜>";
    /** Opens an assistant turn. */
    public static final String ASSISTANT = "<｜Assistant｜>";
    /** Opens a reminder block. */
    public static final String LATEST_REMINDER = "<｜latest_reminder｜>";
    /** Opens the reasoning. */
    public static final String THINK = "<think>";
    /** Closes the reasoning, or says that there is none. */
    public static final String END_THINK = "</think>";
    /** The mark inside every tag of the tool language, see {@link Dsml}. */
    public static final String DSML = "｜DSML｜";
    /** Before the text that precedes the hole of a fill-in-the-middle prompt. */
    public static final String FIM_BEGIN = "<｜fim▁begin｜>";
    /** Stands for the hole. */
    public static final String FIM_HOLE = "<｜fim▁hole｜>";
    /** After the text that follows the hole. */
    public static final String FIM_END = "<｜fim▁end｜>";

    /** What may stand inside our own fixed wording and must become a control token there. */
    static final List<String> IN_WORDING = List.of(DSML, THINK, END_THINK);

    private ControlTokens() {}
}
