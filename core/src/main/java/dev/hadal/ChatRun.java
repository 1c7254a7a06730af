package dev.hadal;

import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.ScoredToken;
import dev.hadal.chat.TokenLogProb;
import dev.hadal.chat.Usage;
import dev.hadal.engine.EndReason;
import dev.hadal.engine.Generation;
import dev.hadal.engine.GenerationException;
import dev.hadal.engine.GenerationUsage;
import dev.hadal.engine.Taken;
import dev.hadal.sample.LogProbs;
import dev.hadal.tokenizer.StreamDecoder;
import dev.hadal.tokenizer.Tokenizer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * One answer on its way. Iterate over its events, once; the last is {@link ChatEvent.End}. It is computed elsewhere, a
 * bounded distance ahead of its reader, who waits for what is not there yet and may be a virtual thread. One thread
 * reads; {@link #cancel}, {@link #close} and {@link #timings} may be called by any.
 */
public final class ChatRun implements Iterable<ChatEvent>, AutoCloseable {
    private final Generation generation;
    private final int[] prompt;
    private final Answering answering;
    private final AnswerReader reader;
    private final Deque<ChatEvent> ready = new ArrayDeque<>();
    private int[] sampledIds = new int[16];
    private int sampled;
    private boolean started;
    private boolean ended;

    ChatRun(Generation generation, int[] prompt, Answering answering) {
        this.generation = generation;
        this.prompt = prompt;
        this.answering = answering;
        this.reader = new AnswerReader(answering.tokenizer(), answering.format());
    }

    /** What has been used so far, as far as it was read. */
    public Usage usage() {
        return reader.usage(prompt.length, generation.usage().prefix().reusedTokens());
    }

    /** What the engine did for this answer so far, from any thread. */
    public GenerationUsage engineUsage() {
        return generation.usage();
    }

    /** How long it has taken so far. */
    public RunTimings timings() {
        GenerationUsage usage = generation.usage();
        GenerationUsage.Timings timings = usage.timings();
        return new RunTimings(
                timings.started(), timings.firstToken(), timings.ended(), timings.longestGap(), usage.sampledTokens());
    }

    /** The ids of the prompt. */
    public int[] promptIds() {
        return prompt.clone();
    }

    /** The ids that were sampled and read so far, the end-of-sentence token included. */
    public int[] sampledIds() {
        return Arrays.copyOf(sampledIds, sampled);
    }

    /** Ends the answer at the next token, from any thread; what was not read yet is dropped. */
    public void cancel() {
        generation.cancel();
    }

    /** Cancels the answer if it is not over. */
    @Override
    public void close() {
        cancel();
    }

    /**
     * The events; only one iterator can be had, of events or of {@link #raw} text. Its methods throw
     * {@link GenerationFailedException} if the answer cannot be continued. A reader that is interrupted has cancelled.
     */
    @Override
    public Iterator<ChatEvent> iterator() {
        start();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                while (ready.isEmpty() && !ended) {
                    step();
                }
                return !ready.isEmpty();
            }

            @Override
            public ChatEvent next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("the answer is over");
                }
                return ready.remove();
            }
        };
    }

    /** The text exactly as sampled, control tokens included, instead of events. */
    public Iterable<String> raw() {
        return () -> {
            start();
            StreamDecoder decoder = answering.tokenizer().streamDecoder();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return !ended;
                }

                @Override
                public String next() {
                    if (ended) {
                        throw new NoSuchElementException("the answer is over");
                    }
                    int before = sampled;
                    step();
                    ready.clear();
                    String text = sampled > before ? decoder.accept(sampledIds[before]) : "";
                    return ended ? text + decoder.finish() : text;
                }
            };
        };
    }

    private void start() {
        if (started) {
            throw new IllegalStateException("an answer can be read only once");
        }
        started = true;
    }

    private void step() {
        switch (take()) {
            case Taken.Token token -> {
                add(token.id());
                reader.accept(token.id(), score(token.logProbs())).forEach(this::emit);
            }
            case Taken.End end -> end(end);
        }
    }

    private Taken take() {
        try {
            return generation.take();
        } catch (GenerationException e) {
            ended = true;
            throw GenerationFailedException.of(e);
        } catch (InterruptedException _) {
            generation.cancel();
            Thread.currentThread().interrupt();
            return new Taken.End(EndReason.CANCELLED, -1, generation.usage());
        }
    }

    private void add(int id) {
        if (sampled == sampledIds.length) {
            sampledIds = Arrays.copyOf(sampledIds, 2 * sampled);
        }
        sampledIds[sampled++] = id;
    }

    private void end(Taken.End end) {
        ended = true;
        if (end.stopId() >= 0 && end.stopId() < answering.tokenizer().vocabularySize()) {
            add(end.stopId());
        }
        FinishReason reason = switch (end.reason()) {
            case STOP_ID -> answering.endings().getOrDefault(end.stopId(), FinishReason.STOP);
            case STOP_RULE -> FinishReason.STOP;
            case LENGTH -> FinishReason.LENGTH;
            case CANCELLED -> FinishReason.CANCELLED;
            case DEADLINE -> FinishReason.DEADLINE;
            case SHUT_DOWN ->
                throw new GenerationFailedException(
                        GenerationFailedException.Kind.CLOSED, "the model was closed while it answered", null);
        };
        reader.finish(reason, usage()).forEach(this::emit);
    }

    /** An answer must be remembered before its reader knows that it is over and goes on. */
    private void emit(ChatEvent event) {
        AnswerMemory.Entry memory = answering.memory();
        if (memory != null) {
            memory.accept(event);
            if (event instanceof ChatEvent.End end) {
                memory.finish(end, sampledIds());
            }
        }
        ready.add(event);
    }

    private @Nullable TokenLogProb score(@Nullable LogProbs logProbs) {
        return logProbs == null
                ? null
                : new TokenLogProb(
                        score(logProbs.chosen()),
                        logProbs.top().stream().map(this::score).toList());
    }

    private ScoredToken score(LogProbs.Entry entry) {
        Tokenizer tokenizer = answering.tokenizer();
        byte[] bytes = entry.id() < tokenizer.vocabularySize() ? tokenizer.bytes(entry.id()) : new byte[0];
        return new ScoredToken(entry.id(), bytes, entry.logProb());
    }
}
