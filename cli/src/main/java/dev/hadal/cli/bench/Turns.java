package dev.hadal.cli.bench;

import dev.hadal.engine.Engine;
import dev.hadal.engine.Generation;
import dev.hadal.engine.GenerationRequest;
import dev.hadal.engine.GenerationUsage;
import dev.hadal.engine.Taken;
import dev.hadal.engine.TokenLimits;
import dev.hadal.sample.SamplingParams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A conversation of several turns at the level of ids: each turn sends everything so far and some more, and gets an
 * answer. Ids are drawn from a seed. What is computed in a turn should be what is new in it.
 */
public final class Turns {
    private static final long SEED = 20_260_424;

    private final Engine engine;
    private final int vocabulary;

    /**
     * One turn.
     *
     * @param newTokens tokens of this turn, the answer of this turn included
     * @param usage what it took
     */
    public record Turn(int newTokens, GenerationUsage usage) {
        /** Tokens computed beyond the new ones, as a share of these. */
        public double excess() {
            return (double) usage.computedTokens() / newTokens - 1;
        }
    }

    /** Turns on an engine that has a vocabulary of so many ids. */
    public Turns(Engine engine, int vocabulary) {
        this.engine = engine;
        this.vocabulary = vocabulary;
    }

    /** Runs so many turns of so many new tokens, so many of which are the answer's. */
    public List<Turn> run(int turns, int tokens, int answerTokens) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(SEED);
        SamplingParams sampling = new SamplingParams(1, 1, 0, 0, SEED);
        List<Turn> measured = new ArrayList<>();
        int[] conversation = {};
        for (int turn = 0; turn < turns; turn++) {
            int[] said = random.ints(tokens - answerTokens, 0, vocabulary).toArray();
            conversation = joined(conversation, said);
            GenerationRequest request = GenerationRequest.of(conversation, sampling, TokenLimits.of(answerTokens));
            Generation generation = engine.submit(request).getFirst();
            int[] answer = read(generation);
            conversation = joined(conversation, answer);
            measured.add(new Turn(said.length + answer.length, generation.usage()));
        }
        return measured;
    }

    private static int[] read(Generation generation) throws InterruptedException {
        List<Integer> ids = new ArrayList<>();
        while (generation.take() instanceof Taken.Token token) {
            ids.add(token.id());
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int[] joined(int[] first, int[] second) {
        return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    }
}
