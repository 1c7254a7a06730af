package dev.hadal.server.api;

import dev.hadal.BackendInfo;
import dev.hadal.BackendStatus;
import dev.hadal.ChatBackend;
import dev.hadal.ChatCall;
import dev.hadal.ChatRun;
import dev.hadal.CompletionCall;
import dev.hadal.chat.EffortRules;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.sample.SamplingParams;
import java.time.Duration;
import java.util.List;

/** A backend that knows what it is and answers nothing, for tests of what happens before an answer. */
public record StubBackend(EffortRules rules) implements ChatBackend {
    /** A model of this name with the current rules. */
    public static ModelChoice model(String name) {
        return new ModelChoice(name, new StubBackend(EffortRules.GA), ThinkingMode.THINKING);
    }

    /** Replies that nobody can send, with these decisions. */
    public static Replies replies(Decisions decisions) {
        return new Replies(decisions, (exchange, served, usage, timings, outcome) -> {}, new ToolCallIds());
    }

    @Override
    public void requireRoom(ChatCall call) {}

    @Override
    public List<ChatRun> start(ChatCall call) {
        throw new UnsupportedOperationException("a stub");
    }

    @Override
    public List<ChatRun> complete(CompletionCall call) {
        throw new UnsupportedOperationException("a stub");
    }

    @Override
    public int countTokens(ChatCall call) {
        return 7;
    }

    @Override
    public BackendInfo info() {
        return new BackendInfo(
                "stub", "none", 1_048_576, "0123456789abcdef0123456789abcdef", rules, SamplingParams.greedy());
    }

    @Override
    public BackendStatus status() {
        return new BackendStatus(true, "", 0, 0, 0);
    }

    @Override
    public void drain(Duration limit) {}

    @Override
    public void close() {}
}
