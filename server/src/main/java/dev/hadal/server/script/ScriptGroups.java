package dev.hadal.server.script;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.HashMap;
import java.util.Map;

/**
 * What the groups of an expression have matched, to be put in place of <code>${1}</code> or <code>${name}</code> in an
 * answer; <code>${0}</code> is the whole match.
 *
 * @param texts by number and by name
 */
record ScriptGroups(Map<String, String> texts) {
    static final ScriptGroups NONE = new ScriptGroups(Map.of());

    private static final String OPEN = "${";

    /** Copies the texts. */
    ScriptGroups {
        texts = Map.copyOf(texts);
    }

    static ScriptGroups of(Pattern pattern, Matcher match) {
        Map<String, String> texts = new HashMap<>();
        for (int group = 0; group <= match.groupCount(); group++) {
            texts.put(Integer.toString(group), text(match, group));
        }
        pattern.namedGroups().forEach((name, group) -> texts.put(name, text(match, group)));
        return new ScriptGroups(texts);
    }

    private static String text(Matcher match, int group) {
        String text = match.group(group);
        return text == null ? "" : text;
    }

    /** The template with its groups filled in; other text between braces stays. */
    String fill(String template) {
        StringBuilder filled = new StringBuilder();
        int from = 0;
        for (int open = template.indexOf(OPEN); open >= 0; open = template.indexOf(OPEN, open + 1)) {
            int close = template.indexOf('}', open);
            String text = close < 0 ? null : texts.get(template.substring(open + OPEN.length(), close));
            if (text != null) {
                filled.append(template, from, open).append(text);
                from = close + 1;
            }
        }
        return filled.append(template.substring(from)).toString();
    }
}
