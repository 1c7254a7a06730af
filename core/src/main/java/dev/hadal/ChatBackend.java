package dev.hadal;

import java.time.Duration;
import java.util.List;

/**
 * What a server talks to: conversations in, runs out. Implemented by {@link Chat} over a model in this process. All
 * methods may be called from any thread and none waits for arithmetic; a run is read by one thread, cancelled by any.
 */
public interface ChatBackend extends AutoCloseable {
    /**
     * Refuses what {@link #start} would refuse at this moment however short the prompt turned out; the work of making the
     * prompt is not done for it.
     *
     * @throws dev.hadal.chat.ConversationException if the conversation does not end where the model is to speak
     * @throws AdmissionRefusedException if there is no capacity now; says when to come again
     */
    void requireRoom(ChatCall call);

    /**
     * Starts the answers to a conversation. Everything that can be refused is refused here, before anything is computed.
     *
     * @return one run for each of {@link OutputOptions#choices()}, in their order
     * @throws dev.hadal.chat.ConversationException if the conversation does not end where the model is to speak
     * @throws ContextOverflowException if the prompt does not fit
     * @throws AdmissionRefusedException if there is no capacity now, which is found out before the prompt is made as far
     *     as that is possible; says when to come again
     */
    List<ChatRun> start(ChatCall call);

    /**
     * Starts raw completions of a text, whose events are {@link dev.hadal.chat.ChatEvent.Content} and
     * {@link dev.hadal.chat.ChatEvent.End}. Refuses as {@link #start} does.
     *
     * @return one run for each of {@link OutputOptions#choices()}, in their order
     */
    List<ChatRun> complete(CompletionCall call);

    /**
     * How many tokens the prompt of a call has, with everything that is remembered for its caller: as many as
     * {@link #start} would give the model at this moment.
     *
     * @throws dev.hadal.chat.ConversationException if the conversation does not end where the model is to speak
     */
    int countTokens(ChatCall call);

    /** What answers. */
    BackendInfo info();

    /** How it fares at this moment. */
    BackendStatus status();

    /** Takes no more calls and waits until the running ones have ended; those that last longer are cancelled. */
    void drain(Duration limit) throws InterruptedException;

    /** Cancels what runs and gives back what the backend owns. */
    @Override
    void close();
}
