package dev.hadal.cli;

import dev.hadal.ChatRun;
import dev.hadal.DeepSeek;
import dev.hadal.chat.Conversation;
import dev.hadal.chat.Message;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hadal run}: one question, one answer. */
@Command(
        name = "run",
        description = "Answers one prompt. The answer goes to standard output, the reasoning to standard error.",
        footer = {
            "",
            "  hadal run \"What is the capital of France?\"",
            "  hadal run --model ~/DeepSeek-V4-Flash --think off - < question.txt"
        })
final class RunCommand implements Runnable {
    private final Terminal terminal;
    private final HadalCommand hadal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private AnswerOptions options = new AnswerOptions();

    @Parameters(
            paramLabel = "PROMPT",
            arity = "0..*",
            description = "What to ask; standard input for - or if not given.")
    private String[] words = {};

    @Option(names = "--raw", description = "Print the text exactly as sampled, with its control tokens.")
    private boolean raw;

    @Option(names = "--json", description = "Print the finished message and its usage as one line of JSON.")
    private boolean json;

    RunCommand(Terminal terminal, HadalCommand hadal) {
        this.terminal = terminal;
        this.hadal = hadal;
    }

    @Override
    public void run() {
        if (raw && json) {
            throw new ParameterException(spec.commandLine(), "give either --raw or --json, not both");
        }
        Conversation conversation = options.beginning().plus(Message.user(prompt()));
        try (DeepSeek deepSeek = options.open(terminal, hadal);
                ChatRun answer = deepSeek.chat().start(conversation, options.answers(deepSeek))) {
            if (raw) {
                answer.raw().forEach(terminal::answer);
                terminal.endAnswer();
            } else {
                new Answer(terminal, json, options.hideThinking()).show(answer);
            }
        }
    }

    private String prompt() {
        String prompt = String.join(" ", words);
        if (words.length == 0 && terminal.kind().typedIn()) {
            throw new ParameterException(spec.commandLine(), "what shall be asked? Give a PROMPT, or - to type it");
        }
        if (words.length == 0 || prompt.equals("-")) {
            prompt = terminal.readAll().strip();
        }
        if (prompt.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "the prompt is empty");
        }
        return prompt;
    }
}
