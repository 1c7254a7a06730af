package dev.hadal.server.script;

import dev.hadal.Chat;
import dev.hadal.ChatBackend;
import dev.hadal.ChatProfile;
import dev.hadal.chat.Conversation;
import dev.hadal.chat.EffortRules;
import dev.hadal.chat.EncodingOptions;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.Message;
import dev.hadal.chat.PromptEncoder;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.chat.V4PromptEncoder;
import dev.hadal.engine.EngineOptions;
import dev.hadal.sample.SamplingParams;
import dev.hadal.tokenizer.Segment;
import dev.hadal.tokenizer.Tokenizer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend that answers from a script, and counts the prompts that are made to be answered. */
public final class CountedPrompts implements PromptEncoder {
    private final PromptEncoder encoder = new V4PromptEncoder();
    private final AtomicInteger made = new AtomicInteger();

    /** As {@link ScriptedBackend#open}. */
    public ChatBackend open(Script script, String servedName, Tokenizer tokenizer, EngineOptions options) {
        ScriptedModel model = new ScriptedModel(script, servedName, tokenizer, encoder, ScriptClock.real());
        ChatProfile profile = new ChatProfile(
                "script",
                script.size() + " rules",
                this,
                EffortRules.GA,
                SamplingParams.greedy(),
                Map.of(model.cutOff(), FinishReason.LENGTH));
        return Chat.open(model, tokenizer, profile, options.withVocabulary(0));
    }

    /** How many there were. */
    public int made() {
        return made.get();
    }

    @Override
    public void requireExpressible(Conversation conversation) {
        encoder.requireExpressible(conversation);
    }

    @Override
    public List<Segment> encode(Conversation conversation, EncodingOptions options) {
        made.incrementAndGet();
        return encoder.encode(conversation, options);
    }

    @Override
    public List<Segment> answer(Message.Assistant message, ThinkingMode mode) {
        return encoder.answer(message, mode);
    }

    @Override
    public List<Segment> plain(String text) {
        made.incrementAndGet();
        return encoder.plain(text);
    }

    @Override
    public List<Segment> fillInTheMiddle(String prefix, String suffix) {
        made.incrementAndGet();
        return encoder.fillInTheMiddle(prefix, suffix);
    }
}
