package dev.hadal.chat;

import dev.hadal.tokenizer.Segment;
import java.util.ArrayList;
import java.util.List;

/** Collects the segments of a prompt; neighbouring texts become one (encoding.md 12). */
final class PromptWriter {
    private final List<Segment> segments = new ArrayList<>();
    private final StringBuilder run = new StringBuilder();

    /** Appends characters from anywhere. */
    void text(String text) {
        run.append(text);
    }

    /** Appends one control token. */
    void control(String content) {
        endRun();
        segments.add(new Segment.Control(content));
    }

    /** Appends fixed wording of the format, in which the spelling of a control token is that token. */
    void wording(String wording) {
        int from = 0;
        for (int at = 0; at < wording.length(); at++) {
            String token = tokenAt(wording, at);
            if (!token.isEmpty()) {
                text(wording.substring(from, at));
                control(token);
                from = at + token.length();
                at = from - 1;
            }
        }
        text(wording.substring(from));
    }

    /** The finished prompt. */
    List<Segment> segments() {
        endRun();
        return List.copyOf(segments);
    }

    private static String tokenAt(String wording, int at) {
        for (String token : ControlTokens.IN_WORDING) {
            if (wording.startsWith(token, at)) {
                return token;
            }
        }
        return "";
    }

    private void endRun() {
        if (!run.isEmpty()) {
            segments.add(new Segment.Text(run.toString()));
            run.setLength(0);
        }
    }
}
