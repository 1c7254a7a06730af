package dev.hadal;

import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.ControlTokens;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.Usage;
import dev.hadal.tokenizer.StreamDecoder;
import dev.hadal.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * One answer on its way. Iterate over its events, once; the last is {@link ChatEvent.End}. The thread that iterates
 * computes; {@link #cancel} may be called from any other.
 */
public final class ChatRun implements Iterable<ChatEvent>, AutoCloseable {
    private final SingleGeneration generation;
    private final StreamDecoder rawText;
    private final AnswerReader reader;
    private final int endOfSentence;
    private final Deque<ChatEvent> ready = new ArrayDeque<>();
    private final long startNanos = System.nanoTime();
    private long firstNanos;
    private long lastNanos;
    private int[] sampledIds = new int[16];
    private int sampled;
    private boolean started;
    private boolean ended;
    private volatile boolean cancelled;

    ChatRun(Tokenizer tokenizer, SingleGeneration generation, AnswerFormat format) {
        this.generation = generation;
        this.rawText = tokenizer.streamDecoder();
        this.reader = new AnswerReader(tokenizer, format);
        this.endOfSentence = AnswerReader.control(tokenizer, ControlTokens.END_OF_SENTENCE);
    }

    /** What has been used so far. */
    public Usage usage() {
        return reader.usage(generation.prompt().length, 0);
    }

    /** How long it has taken so far. */
    public RunTimings timings() {
        Duration first = sampled == 0 ? Duration.ZERO : Duration.ofNanos(firstNanos - startNanos);
        long last = ended ? lastNanos : System.nanoTime();
        return new RunTimings(Duration.ZERO, first, Duration.ofNanos(last - startNanos), sampled);
    }

    /** The ids of the prompt. */
    public int[] promptIds() {
        return generation.prompt();
    }

    /** The ids that were sampled so far, the end-of-sentence token included. */
    public int[] sampledIds() {
        return Arrays.copyOf(sampledIds, sampled);
    }

    /** Ends the answer at the next token, from any thread. */
    public void cancel() {
        cancelled = true;
    }

    @Override
    public void close() {
        cancel();
    }

    /**
     * The events; only one iterator can be had, of events or of {@link #raw} text. Its methods throw
     * {@link GenerationFailedException} if the answer cannot be continued.
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
            return new Iterator<>() {
                private boolean over;

                @Override
                public boolean hasNext() {
                    return !over;
                }

                @Override
                public String next() {
                    if (over) {
                        throw new NoSuchElementException("the answer is over");
                    }
                    int id = sample();
                    over = id < 0 || id == endOfSentence;
                    if (!over) {
                        reader.accept(id, null);
                    }
                    return id < 0 ? rawText.finish() : rawText.accept(id);
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

    /** The next token; -1 when there is none because of a limit or a cancellation. */
    private int sample() {
        boolean more = true;
        while (more && !cancelled) {
            more = generation.prefill();
        }
        if (cancelled || generation.exhausted()) {
            return -1;
        }
        int id = generation.next();
        lastNanos = System.nanoTime();
        firstNanos = sampled == 0 ? lastNanos : firstNanos;
        if (sampled == sampledIds.length) {
            sampledIds = Arrays.copyOf(sampledIds, 2 * sampled);
        }
        sampledIds[sampled++] = id;
        return id;
    }

    private void step() {
        int id = sample();
        if (id >= 0) {
            ready.addAll(reader.accept(id, null));
        }
        if (id < 0) {
            end(cancelled ? FinishReason.CANCELLED : FinishReason.LENGTH);
        } else if (reader.ended()) {
            end(FinishReason.STOP);
        }
    }

    private void end(FinishReason reason) {
        ready.addAll(reader.finish(reason, usage()));
        ended = true;
    }
}
