package dev.hadal.server.api;

import dev.hadal.chat.Message;
import dev.hadal.chat.Part;
import dev.hadal.chat.Task;
import dev.hadal.chat.ToolSpec;
import dev.hadal.server.http.HttpException;
import dev.hadal.server.http.Limits;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What all dialects do with messages and tools after reading them. */
public final class Conversations {
    private static final Pattern TOOL_NAME = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    private Conversations() {}

    /**
     * Puts the instructions in front into one system message, and later ones into the user's turn: the format has no
     * place for them between a question and its answer.
     */
    public static List<Message> withSystemInFront(List<Message> messages, Normalisation normalised) {
        int first = 0;
        List<String> instructions = new ArrayList<>();
        while (first < messages.size() && messages.get(first) instanceof Message.SystemPrompt system) {
            if (!system.content().isEmpty()) {
                instructions.add(system.content());
            }
            first++;
        }
        List<Message> result = new ArrayList<>();
        if (!instructions.isEmpty()) {
            result.add(Message.system(String.join(Part.SEPARATOR, instructions)));
        }
        for (Message message : messages.subList(first, messages.size())) {
            if (message instanceof Message.SystemPrompt system) {
                normalised.add(Normalisation.LATE_SYSTEM);
                result.add(new Message.User(List.of(new Part.Text(system.content())), Task.NONE));
            } else {
                result.add(message);
            }
        }
        return result;
    }

    /**
     * Checks numbers and names.
     *
     * @throws HttpException 400 naming the limit
     */
    public static void check(List<Message> messages, List<ToolSpec> tools, Limits.Fields limits) {
        if (messages.size() > limits.messages()) {
            throw tooMany("messages", "messages", messages.size(), limits.messages());
        }
        for (int index = 0; index < messages.size(); index++) {
            int parts = switch (messages.get(index)) {
                case Message.User user -> user.parts().size();
                case Message.ToolResult result -> result.parts().size();
                default -> 0;
            };
            if (parts > limits.parts()) {
                throw tooMany("messages[" + index + "].content", "parts", parts, limits.parts());
            }
        }
        if (tools.size() > limits.tools()) {
            throw tooMany("tools", "tools", tools.size(), limits.tools());
        }
        Set<String> names = new HashSet<>();
        for (int index = 0; index < tools.size(); index++) {
            String name = tools.get(index).name();
            if (!TOOL_NAME.matcher(name).matches()) {
                throw HttpException.badRequest("tools[" + index + "]: the name of a tool is 1 to 128 letters, digits,"
                                + " underscores and dashes")
                        .withParam("tools[" + index + "]");
            }
            if (!names.add(name)) {
                throw HttpException.badRequest("tools[" + index + "]: there are two tools of the name " + name)
                        .withParam("tools[" + index + "]");
            }
        }
    }

    /** Refuses what text models cannot see. */
    public static void refuseImages(List<Message> messages) {
        for (int index = 0; index < messages.size(); index++) {
            if (messages.get(index) instanceof Message.User user) {
                for (Part part : user.parts()) {
                    if (part instanceof Part.Unsupported unsupported) {
                        throw HttpException.badRequest("messages[" + index + "].content: this model reads text, not "
                                        + unsupported.type())
                                .withParam("messages[" + index + "].content");
                    }
                }
            }
        }
    }

    private static HttpException tooMany(String param, String what, int count, int most) {
        return HttpException.badRequest(
                        param + ": there are " + count + " " + what + ", at most " + most + " are possible")
                .withParam(param);
    }
}
