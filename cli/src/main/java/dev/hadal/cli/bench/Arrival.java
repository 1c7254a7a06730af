package dev.hadal.cli.bench;

import dev.hadal.engine.Engine;
import dev.hadal.engine.Generation;
import dev.hadal.engine.GenerationRequest;
import dev.hadal.engine.Origin;
import dev.hadal.engine.Taken;
import dev.hadal.engine.TokenLimits;
import dev.hadal.sample.SamplingParams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What a long prompt does to an answer that is being written when it arrives, and the answer to it. */
public final class Arrival {
    private static final int SHORT_PROMPT = 32;
    private static final int WARM_UP_TOKENS = 1024;

    private final Engine engine;
    private final int vocabulary;

    /**
     * What was measured.
     *
     * @param alone until the first token after the prompt, nothing else being computed
     * @param beside the same while an answer was written
     * @param gapMillis times between two tokens of that answer meanwhile, sorted
     */
    public record Measured(Duration alone, Duration beside, List<Double> gapMillis) {
        /** Copies the list. */
        public Measured {
            gapMillis = gapMillis.stream().sorted().toList();
        }

        /** The share of its speed that the prompt kept. */
        public double keptSpeed() {
            return (double) alone.toNanos() / beside.toNanos();
        }

        /** The gap that a share of the gaps does not exceed, in milliseconds. */
        public double gapMillis(double share) {
            int last = gapMillis.size() - 1;
            return gapMillis.get(Math.min(last, (int) (gapMillis.size() * share)));
        }
    }

    /** On an engine that has a vocabulary of so many ids and nothing else to do. */
    public Arrival(Engine engine, int vocabulary) {
        this.engine = engine;
        this.vocabulary = vocabulary;
    }

    /** Measures a prompt of so many tokens, first alone, then beside an answer. */
    public Measured measure(int tokens) throws InterruptedException {
        // What runs first still runs code that is being compiled.
        submit(Math.min(tokens, WARM_UP_TOKENS), 1, 0).take();
        Generation first = submit(tokens, 1, 1);
        first.take();
        Duration alone = first.usage().timings().firstToken();
        // A step reads at least one token of the prompt, so the answer lasts as long as the prompt is read.
        Generation answer = submit(SHORT_PROMPT, tokens, 2);
        answer.take();
        Generation prompt = submit(tokens, 1, 3);
        List<Double> gaps = new ArrayList<>();
        long last = System.nanoTime();
        while (prompt.usage().sampledTokens() == 0 && answer.take() instanceof Taken.Token) {
            long now = System.nanoTime();
            gaps.add((now - last) / 1e6);
            last = now;
        }
        answer.cancel();
        prompt.take();
        return new Measured(alone, prompt.usage().timings().firstToken(), gaps);
    }

    private Generation submit(int promptTokens, int tokens, long seed) {
        int[] prompt =
                new SplittableRandom(seed).ints(promptTokens, 0, vocabulary).toArray();
        SamplingParams sampling = new SamplingParams(1, 1, 0, 0, seed);
        // Each in a namespace of its own, so that nothing is known of any.
        return engine.submit(GenerationRequest.of(prompt, sampling, TokenLimits.of(tokens))
                        .withOrigin(Origin.local().withNamespace("arrival " + seed)))
                .getFirst();
    }
}
