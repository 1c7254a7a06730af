package dev.hadal.cli;

import dev.hadal.tokenizer.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code hadal tokenize}: text to token ids and back. */
@Command(
        name = "tokenize",
        description = "Turns text into token ids, or ids into text.",
        footer = {
            "",
            "A text on standard input counts to its last byte, with the line end if there is one.",
            "",
            "  hadal tokenize \"Hello there\"",
            "  hadal tokenize --decode 39 19",
            "  hadal tokenize --jsonl < texts.jsonl"
        })
final class TokenizeCommand implements Runnable {
    private final Terminal terminal;

    @Mixin
    private ModelOption model = new ModelOption();

    @Parameters(paramLabel = "TEXT", arity = "0..*", description = "The text, or the ids; standard input if not given.")
    private String[] words = {};

    @Option(names = "--plain", description = "Treat the spelling of a control token as ordinary text.")
    private boolean plain;

    @Option(names = "--decode", description = "Turn ids into text; commas or white space between them.")
    private boolean decode;

    @Option(names = "--json", description = "Answer with {\"ids\": [...]} or {\"text\": ...}.")
    private boolean json;

    @Option(
            names = "--jsonl",
            description = "Read lines of {\"text\": ..., \"mode\": \"parse\" or \"plain\"}, or of {\"ids\": [...]} with"
                    + " --decode, and answer each as --json does.")
    private boolean lines;

    TokenizeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        Tokenizer tokenizer = model.tokenizer();
        if (lines) {
            Json.answerLines(
                    terminal, request -> decode ? decodeLine(tokenizer, request) : encodeLine(tokenizer, request));
        } else if (decode) {
            printText(tokenizer.decode(TokenIds.parse(input())));
        } else {
            printIds(tokenizer.encode(input(), plain ? Tokenizer.Mode.PLAIN : Tokenizer.Mode.PARSE));
        }
    }

    private String input() {
        return words.length == 0 ? terminal.readAll() : String.join(" ", words);
    }

    private void printText(String text) {
        if (json) {
            terminal.printLine(Json.object().put("text", text).toString());
        } else {
            terminal.answer(text);
            terminal.endAnswer();
        }
    }

    private void printIds(int[] ids) {
        terminal.printLine(json ? Json.ids(ids).toString() : TokenIds.format(ids));
    }

    private ObjectNode encodeLine(Tokenizer tokenizer, ObjectNode request) {
        return Json.ids(tokenizer.encode(Json.text(request, "text"), mode(request)));
    }

    private static ObjectNode decodeLine(Tokenizer tokenizer, ObjectNode request) {
        return Json.object().put("text", tokenizer.decode(Json.ids(request, "ids")));
    }

    private Tokenizer.Mode mode(ObjectNode request) {
        String name = request.has("mode") ? Json.text(request, "mode") : plain ? "plain" : "parse";
        return switch (name) {
            case "parse" -> Tokenizer.Mode.PARSE;
            case "plain" -> Tokenizer.Mode.PLAIN;
            default -> throw new CommandException("\"mode\" must be \"parse\" or \"plain\", but is \"" + name + "\"");
        };
    }
}
