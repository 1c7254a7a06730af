package dev.hadal.server.script;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When a rule applies: everything that is given must hold.
 *
 * @param contains a text that must be in what was said last; empty for any
 * @param matches an expression that must be found in what was said last; null for any. Matching takes time in proportion
 *     to the text, whatever the expression
 * @param from who said it
 * @param turn which answer of the conversation it is, from 1; 0 for any
 * @param model what the served model is called; empty for any
 * @param offers a tool that must be on offer; empty for any
 */
record ScriptCondition(String contains, @Nullable Pattern matches, From from, int turn, String model, String offers) {
    /** Of longer texts, expressions see the end. */
    private static final int MAX_MATCHED_CHARS = 1 << 20;

    /** Whose words count. */
    enum From {
        /** Those of the user and of tools. */
        ANY,
        /** The user's. */
        USER,
        /** Those of tools. */
        TOOL
    }

    /** Applies always. */
    static final ScriptCondition ALWAYS = new ScriptCondition("", null, From.ANY, 0, "", "");

    /** Whether it can ever hold for a model of this name. */
    boolean isFor(String servedModel) {
        return model.isEmpty() || model.equals(servedModel);
    }

    /** The text of the groups if the condition holds; of no group if there is no expression. */
    Optional<ScriptGroups> holds(ScriptQuestion question) {
        if ((turn != 0 && turn != question.turn())
                || (!offers.isEmpty() && !question.tools().contains(offers))) {
            return Optional.empty();
        }
        return candidates(question).stream()
                .map(this::holds)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private List<String> candidates(ScriptQuestion question) {
        return switch (from) {
            case USER ->
                question.userText().isEmpty() && question.afterTool() ? List.of() : List.of(question.userText());
            case TOOL -> question.afterTool() ? List.of(question.toolText()) : List.of();
            case ANY ->
                question.afterTool() ? List.of(question.toolText(), question.userText()) : List.of(question.userText());
        };
    }

    private Optional<ScriptGroups> holds(String text) {
        if (!text.contains(contains)) {
            return Optional.empty();
        }
        if (matches == null) {
            return Optional.of(ScriptGroups.NONE);
        }
        Matcher matcher = matches.matcher(text.substring(Math.max(0, text.length() - MAX_MATCHED_CHARS)));
        return matcher.find() ? Optional.of(ScriptGroups.of(matches, matcher)) : Optional.empty();
    }
}
