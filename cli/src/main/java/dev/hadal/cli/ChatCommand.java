package dev.hadal.cli;

import dev.hadal.ChatRun;
import dev.hadal.DeepSeek;
import dev.hadal.chat.Conversation;
import dev.hadal.chat.Message;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hadal chat}: a conversation, a line each turn. */
@Command(
        name = "chat",
        description = "Holds a conversation: each line is a message. Ctrl-D ends it.",
        footer = {"", "  hadal chat --system \"Answer in one sentence.\""})
final class ChatCommand implements Runnable {
    private final Terminal terminal;
    private final HadalCommand hadal;

    @Mixin
    private AnswerOptions options = new AnswerOptions();

    @Option(names = "--json", description = "Print each finished message and its usage as one line of JSON.")
    private boolean json;

    ChatCommand(Terminal terminal, HadalCommand hadal) {
        this.terminal = terminal;
        this.hadal = hadal;
    }

    @Override
    public void run() {
        Conversation conversation = options.beginning();
        try (DeepSeek deepSeek = options.open(terminal, hadal)) {
            for (String line = terminal.ask(); line != null; line = terminal.ask()) {
                if (!line.isBlank()) {
                    conversation = conversation.plus(Message.user(line.strip()));
                    conversation = conversation.plus(answer(deepSeek, conversation));
                }
            }
        }
    }

    private Message.Assistant answer(DeepSeek deepSeek, Conversation conversation) {
        try (ChatRun answer = deepSeek.chat().start(conversation, options.answers(deepSeek))) {
            return new Answer(terminal, json, options.hideThinking()).show(answer);
        }
    }
}
