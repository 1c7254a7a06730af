package dev.hadal.server.script;

import dev.hadal.ChatBackend;
import dev.hadal.ChatCall;
import dev.hadal.ChatOptions;
import dev.hadal.ChatRun;
import dev.hadal.chat.AnswerCollector;
import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.Conversation;
import dev.hadal.chat.Message;
import dev.hadal.checkpoint.ModelFiles;
import dev.hadal.engine.EngineOptions;
import dev.hadal.nano.EmbeddedModel;
import dev.hadal.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** Scripts with the tokenizer of the embedded model. */
final class Scripts {
    private static final int MAX_BYTES = 64 << 20;

    private Scripts() {}

    static Tokenizer tokenizer() {
        try (ModelFiles files = EmbeddedModel.files()) {
            return Tokenizer.parse(files.read("tokenizer.json", MAX_BYTES), "tokenizer.json");
        }
    }

    static ChatBackend open(Tokenizer tokenizer, String yaml) {
        return ScriptedBackend.open(
                ScriptReader.parse(yaml, "test.yaml"), "deepseek-v4-flash", tokenizer, EngineOptions.defaults());
    }

    static List<ChatEvent> events(ChatBackend backend, Conversation conversation, ChatOptions options) {
        List<ChatEvent> events = new ArrayList<>();
        try (ChatRun run = backend.start(ChatCall.of(conversation, options)).getFirst()) {
            run.forEach(events::add);
        }
        return events;
    }

    static Message.Assistant message(List<ChatEvent> events) {
        AnswerCollector collector = new AnswerCollector();
        events.forEach(collector::accept);
        return collector.message();
    }

    static ChatEvent.End end(List<ChatEvent> events) {
        return (ChatEvent.End) events.getLast();
    }
}
