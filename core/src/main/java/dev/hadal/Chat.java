package dev.hadal;

import dev.hadal.chat.Conversation;
import dev.hadal.chat.EncodingOptions;
import dev.hadal.chat.PromptEncoder;
import dev.hadal.sample.SamplingParams;
import dev.hadal.tokenizer.Segment;
import dev.hadal.tokenizer.Tokenizer;
import java.util.List;

/** Conversation in, answer out: the place where text, ids and model meet. */
public final class Chat {
    private final DeepSeek deepSeek;
    private final PromptEncoder encoder;

    Chat(DeepSeek deepSeek, PromptEncoder encoder) {
        this.deepSeek = deepSeek;
        this.encoder = encoder;
    }

    /** Starts an answer with the default options. */
    public ChatRun start(Conversation conversation) {
        return start(conversation, ChatOptions.defaults());
    }

    /**
     * Starts an answer. It is computed as its events are read.
     *
     * @throws dev.hadal.chat.ConversationException if the conversation does not end where the model is to speak
     * @throws ContextOverflowException if the prompt does not fit; nothing has been computed then
     */
    public ChatRun start(Conversation conversation, ChatOptions options) {
        int[] prompt = prompt(conversation, options);
        int context = deepSeek.model().limits().context();
        if (prompt.length >= context) {
            throw new ContextOverflowException(prompt.length, context);
        }
        SamplingParams sampling = options.sampling();
        Generation generation = new Generation(
                deepSeek,
                prompt,
                sampling == null ? deepSeek.defaults().sampling() : sampling,
                Math.min(options.maxTokens(), context - prompt.length));
        return new ChatRun(deepSeek.tokenizer(), generation, conversation, options);
    }

    /** The ids of the prompt that a conversation becomes. */
    public int[] prompt(Conversation conversation, ChatOptions options) {
        conversation.requireAnswerable();
        List<Segment> segments = encoder.encode(
                conversation,
                EncodingOptions.of(options.mode())
                        .withEffort(options.effort())
                        .withRules(deepSeek.info().rules()));
        Tokenizer tokenizer = deepSeek.tokenizer();
        return options.parity() ? tokenizer.encodeParity(segments) : tokenizer.encode(segments);
    }
}
