package dev.hadal.cli;

import dev.hadal.chat.CompletionParser;
import dev.hadal.chat.Message;
import dev.hadal.chat.StrictParser;
import dev.hadal.chat.ThinkingMode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code hadal parse}: what a model wrote to a message. */
@Command(
        name = "parse",
        description = "Turns the raw text of a completion, as run --raw prints it, into a message in JSON.",
        footer = {
            "",
            "What models get wrong is repaired, unless --strict is given. The completion is read from standard input.",
            "",
            "  hadal run --raw \"What is the capital of France?\" | hadal parse --thinking",
            "  hadal parse --jsonl < completions.jsonl"
        })
final class ParseCommand implements Runnable {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelOption model = new ModelOption();

    @Option(names = "--thinking", description = "The completion begins with reasoning.")
    private boolean thinking;

    @Option(names = "--chat", description = "The completion begins with the answer.")
    private boolean chat;

    @Option(
            names = "--strict",
            description = "Refuse whatever is not exactly in the format, as the reference parser does.")
    private boolean strict;

    @Option(names = "--ids", description = "Read token ids of the model instead of text.")
    private boolean ids;

    @Option(names = "--json", description = "Answer in one line.")
    private boolean json;

    @Option(
            names = "--jsonl",
            description =
                    "Read lines of {\"thinking_mode\": \"thinking\" or \"chat\", \"completion\": ...} and answer each"
                            + " in one line.")
    private boolean lines;

    ParseCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        if (lines) {
            Json.answerLines(terminal, request -> message(Json.text(request, "completion"), mode(request)));
            return;
        }
        if (thinking == chat) {
            throw new ParameterException(
                    spec.commandLine(), "how did the prompt end? Give either --thinking or --chat");
        }
        String completion = terminal.readAll();
        if (ids) {
            completion = model.tokenizer().decode(TokenIds.parse(completion));
        }
        ObjectNode message = message(completion, thinking ? ThinkingMode.THINKING : ThinkingMode.CHAT);
        terminal.printLine(json ? message.toString() : message.toPrettyString());
    }

    private static ThinkingMode mode(ObjectNode request) {
        String name = Json.text(request, "thinking_mode");
        return switch (name) {
            case "thinking" -> ThinkingMode.THINKING;
            case "chat" -> ThinkingMode.CHAT;
            default ->
                throw new CommandException(
                        "\"thinking_mode\" must be \"thinking\" or \"chat\", but is \"" + name + "\"");
        };
    }

    private ObjectNode message(String completion, ThinkingMode thinkingMode) {
        // A call has no id yet: whoever serves the message gives it one.
        Message.Assistant message = strict
                ? StrictParser.parse(completion, thinkingMode, _ -> "")
                : CompletionParser.parse(completion, thinkingMode, List.of(), _ -> "");
        return Json.message(message);
    }
}
