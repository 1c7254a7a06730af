package dev.hadal.server.openai;

import dev.hadal.chat.Field;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.chat.ToolSpec;
import dev.hadal.server.api.ToolChoice;
import java.util.List;

/** Reads {@code tool_choice} in OpenAI's forms. */
final class FunctionChoice {
    private static final List<String> WORDS = List.of("none", "auto", "required");

    private FunctionChoice() {}

    /**
     * What the request leaves to the model.
     *
     * @throws dev.hadal.server.http.HttpException 400 for a forced call
     */
    static ToolChoice read(Field field, List<ToolSpec> tools, ThinkingMode mode) {
        if (field.absent()) {
            return ToolChoice.of(tools, false);
        }
        if (field.isObject()) {
            field.get("type").word(List.of("function"));
            // Responses have the name beside the type.
            Field name =
                    field.get("name").present().orElse(field.get("function").get("name"));
            throw ToolChoice.forced(field, tools, mode, name.string());
        }
        String word = field.word(WORDS);
        if (word.equals("required")) {
            throw ToolChoice.forced(field, tools, mode, "");
        }
        return ToolChoice.of(tools, word.equals("none"));
    }
}
