package dev.hadal.server.script;

import dev.hadal.Chat;
import dev.hadal.ChatBackend;
import dev.hadal.ChatProfile;
import dev.hadal.chat.EffortRules;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.PromptEncoder;
import dev.hadal.chat.V4PromptEncoder;
import dev.hadal.engine.EngineOptions;
import dev.hadal.sample.SamplingParams;
import dev.hadal.tokenizer.Tokenizer;
import java.util.Map;

/** A backend that answers from a script. */
public final class ScriptedBackend {
    private ScriptedBackend() {}

    /**
     * Opens a model of its own for one served name.
     *
     * @param script what it answers
     * @param servedName what clients call it; rules may depend on it
     * @param tokenizer into whose tokens answers are cut
     * @param options how its engine works
     */
    public static ChatBackend open(Script script, String servedName, Tokenizer tokenizer, EngineOptions options) {
        return open(script, servedName, tokenizer, options, ScriptClock.real());
    }

    static ChatBackend open(
            Script script, String servedName, Tokenizer tokenizer, EngineOptions options, ScriptClock clock) {
        PromptEncoder encoder = new V4PromptEncoder();
        ScriptedModel model = new ScriptedModel(script, servedName, tokenizer, encoder, clock);
        ChatProfile profile = new ChatProfile(
                "script",
                script.size() + " rules",
                encoder,
                EffortRules.GA,
                SamplingParams.greedy(),
                Map.of(model.cutOff(), FinishReason.LENGTH));
        return Chat.open(model, tokenizer, profile, options.withVocabulary(0));
    }
}
