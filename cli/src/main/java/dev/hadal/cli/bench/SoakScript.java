package dev.hadal.cli.bench;

import java.time.Duration;

/** What the soaks ask and are answered; a server elsewhere needs the same rules. */
public final class SoakScript {
    static final String FLASH = "deepseek-v4-flash";
    static final String PRO = "deepseek-v4-pro";
    static final String QUICK = "Answer at once.";
    static final String SHORT = "Give a short answer.";
    static final String HOLD = "Hold the place.";
    static final String FAIL = "Fail when it is your turn.";
    static final String LONG = "Read for a long time.";
    static final String LONG_FAIL = "Read for a long time, then fail.";
    /** The words of {@link #SHORT}'s answer, of a token or two each. */
    static final int WORDS = 20;

    private SoakScript() {}

    /**
     * The rules, as YAML.
     *
     * @param silence how long {@link #LONG} and {@link #LONG_FAIL} are not read any further; {@link #HOLD} answers for
     *     longer
     */
    public static String yaml(Duration silence) {
        return """
                # What hadal soak asks of a server with --url; serve it with hadal serve --script.
                rules:
                  - when: {contains: "%s"}
                    text: "Done."
                  - when: {contains: "%s"}
                    delay: 10ms
                    text: "%s"
                  - when: {contains: "%s"}
                    delay: 1s
                    text: "%s"
                  - when: {contains: "%s"}
                    text: "Done."
                    fault: {kind: exception, after: 0}
                  - when: {contains: "%s"}
                    first_delay: %dms
                    text: "Done."
                  - when: {contains: "%s"}
                    first_delay: %dms
                    text: "Done."
                    fault: {kind: exception, after: 0}
                """.formatted(
                QUICK,
                SHORT,
                "word ".repeat(WORDS).strip(),
                HOLD,
                "word ".repeat(Math.toIntExact(60 + silence.toSeconds() * 2)).strip(),
                FAIL,
                LONG,
                silence.toMillis(),
                LONG_FAIL,
                silence.toMillis());
    }
}
