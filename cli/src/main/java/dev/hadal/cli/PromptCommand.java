package dev.hadal.cli;

import dev.hadal.chat.ChatRequest;
import dev.hadal.chat.ChatRequestReader;
import dev.hadal.chat.EffortRules;
import dev.hadal.chat.V4PromptEncoder;
import dev.hadal.tokenizer.Segment;
import dev.hadal.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code hadal prompt}: a request to the exact prompt. */
@Command(
        name = "prompt",
        description =
                "Reads the body of a ChatCompletions request and prints the exact prompt that the model would see.",
        footer = {
            "",
            "  echo '{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}' | hadal prompt",
            "  hadal prompt --ids < request.json",
            "  hadal prompt --jsonl < conversations.jsonl"
        })
final class PromptCommand implements Runnable {
    private final Terminal terminal;

    @Mixin
    private ModelOption model = new ModelOption();

    @Mixin
    private RulesOption rules = new RulesOption();

    @Option(names = "--ids", description = "Print the token ids instead of the text.")
    private boolean ids;

    @Option(
            names = "--parity",
            description =
                    "Let the spelling of control tokens in a message become control tokens, as the reference does.")
    private boolean parity;

    @Option(names = "--json", description = "Answer with {\"prompt\": ..., \"ids\": [...]}.")
    private boolean json;

    @Option(
            names = "--jsonl",
            description =
                    "Read lines of {\"messages\": ..., \"thinking_mode\": ..., \"options\": ..., \"rules\": ...}, the"
                            + " arguments of the reference encoder, and answer each as --json and --parity do.")
    private boolean lines;

    PromptCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        Tokenizer tokenizer = model.tokenizer();
        EffortRules defaultRules = rules.rules() == null ? model.rules() : rules.rules();
        if (lines) {
            Json.answerLines(
                    terminal,
                    call -> new Prompt(tokenizer, ChatRequestReader.encoderCall(call.toString(), defaultRules), true)
                            .json());
            return;
        }
        byte[] body = terminal.readAll().getBytes(StandardCharsets.UTF_8);
        ChatRequest request = ChatRequestReader.chatCompletions(body, defaultRules);
        request.conversation().requireAnswerable();
        print(new Prompt(tokenizer, request, parity));
    }

    private void print(Prompt prompt) {
        if (json) {
            terminal.printLine(prompt.json().toString());
        } else if (ids) {
            terminal.printLine(TokenIds.format(prompt.ids));
        } else {
            terminal.answer(prompt.text);
            terminal.endAnswer();
        }
    }

    /** A rendered request. */
    private static final class Prompt {
        private final String text;
        private final int[] ids;

        Prompt(Tokenizer tokenizer, ChatRequest request, boolean parity) {
            List<Segment> segments = new V4PromptEncoder().encode(request.conversation(), request.options());
            text = segments.stream().map(Segment::text).collect(Collectors.joining());
            ids = parity ? tokenizer.encodeParity(segments) : tokenizer.encode(segments);
        }

        ObjectNode json() {
            return Json.object().put("prompt", text).setAll(Json.ids(ids));
        }
    }
}
