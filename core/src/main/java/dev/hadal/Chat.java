package dev.hadal;

import dev.hadal.chat.Conversation;
import dev.hadal.chat.EncodingOptions;
import dev.hadal.chat.PromptEncoder;
import dev.hadal.sample.SamplingParams;
import dev.hadal.tokenizer.Segment;
import dev.hadal.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Conversation in, answer out: the place where text, ids and model meet. */
public final class Chat implements ChatBackend {
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
     * Starts one answer. It is computed as its events are read.
     *
     * @throws dev.hadal.chat.ConversationException if the conversation does not end where the model is to speak
     * @throws ContextOverflowException if the prompt does not fit; nothing has been computed then
     */
    public ChatRun start(Conversation conversation, ChatOptions options) {
        return start(ChatCall.of(conversation, options.withChoices(1))).getFirst();
    }

    @Override
    public List<ChatRun> start(ChatCall call) {
        int[] prompt = prompt(call.conversation(), call.options());
        ChatOptions options = call.options();
        AnswerFormat format = new AnswerFormat(
                call.conversation().completionMode(options.mode()),
                call.conversation().allTools(),
                call.context().toolCallIds(),
                options.stop());
        return run(prompt, options, format);
    }

    @Override
    public List<ChatRun> complete(CompletionCall call) {
        String suffix = call.suffix();
        List<Segment> segments =
                suffix == null ? encoder.plain(call.prompt()) : encoder.fillInTheMiddle(call.prompt(), suffix);
        return run(
                ids(segments, call.options()),
                call.options(),
                AnswerFormat.raw(call.options().stop()));
    }

    private List<ChatRun> run(int[] prompt, ChatOptions options, AnswerFormat format) {
        int context = deepSeek.model().limits().context();
        if (prompt.length >= context) {
            throw new ContextOverflowException(prompt.length, context);
        }
        SamplingParams chosen = options.sampling();
        SamplingParams sampling = chosen == null ? deepSeek.defaults().sampling() : chosen;
        int limit = Math.min(options.limits().maxTokens(), context - prompt.length);
        return IntStream.range(0, options.output().choices())
                .mapToObj(choice -> new ChatRun(
                        deepSeek.tokenizer(), new SingleGeneration(deepSeek, prompt, sampling, limit, choice), format))
                .toList();
    }

    /** The ids of the prompt that a conversation becomes. */
    public int[] prompt(Conversation conversation, ChatOptions options) {
        conversation.requireAnswerable();
        List<Segment> segments = encoder.encode(
                conversation,
                EncodingOptions.of(options.mode())
                        .withEffort(options.effort())
                        .withRules(deepSeek.info().rules())
                        .withDropThinking(options.prompt().dropThinking()));
        return ids(segments, options);
    }

    private int[] ids(List<Segment> segments, ChatOptions options) {
        Tokenizer tokenizer = deepSeek.tokenizer();
        return options.prompt().parity() ? tokenizer.encodeParity(segments) : tokenizer.encode(segments);
    }

    @Override
    public int countTokens(Conversation conversation, ChatOptions options) {
        return prompt(conversation, options).length;
    }

    @Override
    public BackendInfo info() {
        ModelInfo model = deepSeek.info();
        return new BackendInfo(
                model.origin(),
                model.size(),
                deepSeek.model().limits().context(),
                Fingerprint.of(deepSeek.model()),
                model.rules(),
                deepSeek.defaults().sampling());
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
