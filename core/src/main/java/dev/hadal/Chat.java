package dev.hadal;

import dev.hadal.chat.ControlTokens;
import dev.hadal.chat.Conversation;
import dev.hadal.chat.EncodingOptions;
import dev.hadal.chat.Message;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.engine.AdmissionException;
import dev.hadal.engine.Engine;
import dev.hadal.engine.EngineOptions;
import dev.hadal.engine.EngineStatus;
import dev.hadal.engine.Generation;
import dev.hadal.engine.GenerationRequest;
import dev.hadal.engine.TokenLimits;
import dev.hadal.engine.TokenOutput;
import dev.hadal.model.LanguageModel;
import dev.hadal.sample.SamplingParams;
import dev.hadal.tokenizer.Segment;
import dev.hadal.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Conversation in, answers out: the place where text, ids and model meet. Any number of answers run at the same time,
 * computed together by one {@link Engine}; each gives what it gives alone.
 */
public final class Chat implements ChatBackend {
    private final LanguageModel model;
    private final Engine engine;
    private final Tokenizer tokenizer;
    private final ChatProfile profile;
    private final AnswerMemory memory;
    private final boolean ownsModel;
    private final int endOfSentence;
    private final int endOfThinking;

    Chat(LanguageModel model, Engine engine, Tokenizer tokenizer, ChatProfile profile, boolean ownsModel) {
        this.model = model;
        this.engine = engine;
        this.tokenizer = tokenizer;
        this.profile = profile;
        this.memory = new AnswerMemory(tokenizer, profile.encoder());
        this.ownsModel = ownsModel;
        this.endOfSentence = AnswerReader.control(tokenizer, ControlTokens.END_OF_SENTENCE);
        this.endOfThinking = AnswerReader.control(tokenizer, ControlTokens.END_THINK);
    }

    /**
     * Conversations with any model that understands a tokenizer's ids.
     *
     * @param model belongs to the chat from now on and is closed with it
     * @param options how its engine works; a vocabulary of 0 is all that the model has
     */
    public static Chat open(LanguageModel model, Tokenizer tokenizer, ChatProfile profile, EngineOptions options) {
        return new Chat(model, new Engine(model, options), tokenizer, profile, true);
    }

    /** Starts an answer with the default options. */
    public ChatRun start(Conversation conversation) {
        return start(conversation, ChatOptions.defaults());
    }

    /**
     * Starts one answer.
     *
     * @throws dev.hadal.chat.ConversationException if the conversation does not end where the model is to speak
     * @throws ContextOverflowException if the prompt does not fit; nothing has been computed then
     */
    public ChatRun start(Conversation conversation, ChatOptions options) {
        return start(ChatCall.of(conversation, options.withChoices(1))).getFirst();
    }

    @Override
    public void requireRoom(ChatCall call) {
        call.conversation().requireAnswerable();
        profile.encoder().requireExpressible(call.conversation());
        requireRoom(call.context());
    }

    private void requireRoom(CallContext context) {
        try {
            engine.requireRoom(context.origin());
        } catch (AdmissionException e) {
            throw AdmissionRefusedException.of(e);
        }
    }

    @Override
    public List<ChatRun> start(ChatCall call) {
        ChatOptions options = call.options();
        String namespace = call.context().cacheNamespace();
        Conversation conversation = call.conversation();
        requireRoom(call);
        int[] prompt = remembered(call);
        ThinkingMode mode = conversation.completionMode(options.mode());
        AnswerFormat format =
                new AnswerFormat(mode, conversation.allTools(), call.context().toolCallIds(), options.stop());
        // What continues a message is only a part of what a later prompt shows.
        boolean whole = !(conversation.messages().getLast() instanceof Message.Assistant);
        return run(
                prompt,
                options,
                call.context(),
                () -> new Answering(
                        tokenizer, format, profile.endings(), whole ? memory.entry(namespace, mode) : null));
    }

    @Override
    public List<ChatRun> complete(CompletionCall call) {
        requireRoom(call.context());
        String suffix = call.suffix();
        List<Segment> segments = suffix == null
                ? profile.encoder().plain(call.prompt())
                : profile.encoder().fillInTheMiddle(call.prompt(), suffix);
        ChatOptions options = call.options();
        int[] prompt = options.prompt().parity() ? tokenizer.encodeParity(segments) : tokenizer.encode(segments);
        AnswerFormat format = AnswerFormat.raw(options.stop());
        return run(prompt, options, call.context(), () -> new Answering(tokenizer, format, profile.endings(), null));
    }

    private List<ChatRun> run(int[] prompt, ChatOptions options, CallContext context, Supplier<Answering> answerings) {
        int longest = model.limits().context();
        if (prompt.length >= longest) {
            throw new ContextOverflowException(prompt.length, longest);
        }
        AnswerFormat format = answerings.get().format();
        TokenOutput output = new TokenOutput(
                options.output().choices(),
                options.output().topLogProbs(),
                choice -> new AnswerReader(tokenizer, format.withoutCallIds())::ends,
                null);
        SamplingParams chosen = options.sampling();
        List<ChatRun> runs = new ArrayList<>();
        GenerationRequest request = new GenerationRequest(
                prompt,
                chosen == null ? profile.sampling() : chosen,
                limits(options.limits(), format.mode(), longest - prompt.length),
                output,
                context.origin());
        for (Generation generation : submit(request)) {
            // The request has its own copy of the ids: of those that wait, there is no other.
            runs.add(new ChatRun(generation, request.prompt(), answerings.get()));
        }
        return List.copyOf(runs);
    }

    private List<Generation> submit(GenerationRequest request) {
        try {
            return engine.submit(request);
        } catch (AdmissionException e) {
            throw AdmissionRefusedException.of(e);
        }
    }

    private TokenLimits limits(AnswerLimits limits, @Nullable ThinkingMode mode, int room) {
        Set<Integer> stopIds = new HashSet<>(profile.endings().keySet());
        stopIds.add(endOfSentence);
        boolean thinks = mode == ThinkingMode.THINKING && limits.thinkingBudget() != AnswerLimits.UNLIMITED;
        int most = Math.min(limits.maxTokens(), room);
        return new TokenLimits(
                Math.min(limits.minTokens(), most),
                most,
                stopIds,
                thinks ? new TokenLimits.ThinkingBudget(endOfThinking, limits.thinkingBudget()) : null);
    }

    /** The ids of the prompt that a conversation becomes when nothing of it is remembered. */
    public int[] prompt(Conversation conversation, ChatOptions options) {
        List<Segment> segments = segments(conversation, options);
        return options.prompt().parity() ? tokenizer.encodeParity(segments) : tokenizer.encode(segments);
    }

    /** The ids of the prompt that a call becomes, with what is remembered for its caller. */
    private int[] remembered(ChatCall call) {
        ChatOptions options = call.options();
        String namespace = call.context().cacheNamespace();
        Conversation conversation = options.prompt().restoreReasoning()
                ? memory.restoreReasoning(namespace, call.conversation())
                : call.conversation();
        List<Segment> segments = segments(conversation, options);
        return options.prompt().parity() ? tokenizer.encodeParity(segments) : memory.encode(namespace, segments);
    }

    private List<Segment> segments(Conversation conversation, ChatOptions options) {
        conversation.requireAnswerable();
        return profile.encoder()
                .encode(
                        conversation,
                        EncodingOptions.of(options.mode())
                                .withEffort(options.effort())
                                .withRules(profile.rules())
                                .withDropThinking(options.prompt().dropThinking()));
    }

    @Override
    public int countTokens(ChatCall call) {
        return remembered(call).length;
    }

    @Override
    public BackendInfo info() {
        return new BackendInfo(
                profile.origin(),
                profile.parameters(),
                model.limits().context(),
                Fingerprint.of(model),
                profile.rules(),
                profile.sampling());
    }

    @Override
    public BackendStatus status() {
        EngineStatus status = engine.status();
        return new BackendStatus(
                status.healthy(),
                status.complaint(),
                status.runningSequences(),
                status.waitingRequests(),
                status.stateBytes());
    }

    @Override
    public void drain(Duration limit) throws InterruptedException {
        engine.drain(limit);
    }

    @Override
    public void close() {
        engine.close();
        if (ownsModel) {
            model.close();
        }
    }
}
