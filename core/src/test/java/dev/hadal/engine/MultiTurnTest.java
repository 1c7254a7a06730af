package dev.hadal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.cache.PrefixMatch.Cause;
import dev.hadal.sample.SamplingParams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A conversation of ten turns, 2,000 tokens each: what is known of it is not computed again. */
class MultiTurnTest {
    private static final int TURNS = 10;
    private static final int ASKED = 1_500;
    private static final int ANSWERED = 500;

    private final ToyModel.Clock clock = new ToyModel.Clock();
    private final ToyModel model = new ToyModel(clock);
    private final Random random = new Random(7);
    private Engine engine = new Engine(model, EngineOptions.defaults(), clock::now);

    @AfterEach
    void leavesNoMemoryBehind() {
        engine.close();
        assertThat(model.stateMemory().usedBytes()).isZero();
    }

    @Test
    void computesNewTokensOnly() {
        int[] history = {};
        for (int turn = 0; turn < TURNS; turn++) {
            int[] prompt = ask(history);
            GenerationUsage usage = run(request(prompt));
            long fresh = (long) prompt.length - history.length + ANSWERED;
            assertThat(usage.computedTokens()).as("turn %d", turn).isLessThanOrEqualTo(fresh + fresh / 100);
            if (turn > 0) {
                // The last token of an answer was never the past of another one.
                assertThat(usage.prefix().reusedTokens()).isEqualTo(history.length - 1);
                assertThat(usage.prefix().matchedTokens()).isBetween(history.length - 1, history.length);
                assertThat(usage.prefix().cause()).isEqualTo(Cause.NONE);
            }
            history = answered(prompt);
        }
    }

    @Test
    void asksAgainAtNoMoreThanAWaypointsDistance() {
        int[] prompt = ask(ask(new int[0]));
        run(request(prompt));
        for (int cut : new int[] {1, 127, 128, 129, 700, 1_500, 2_999}) {
            int[] edited = Arrays.copyOf(prompt, prompt.length);
            edited[cut] = (edited[cut] + 1) % ToyModel.VOCABULARY;
            GenerationUsage.Prefix prefix = run(request(edited)).prefix();
            assertThat(prefix.matchedTokens()).isEqualTo(cut);
            assertThat(prefix.reusedTokens()).isEqualTo(cut / 128 * 128);
            assertThat(prefix.cause()).isEqualTo(Cause.DIFFERENT_ID);
            assertThat(prefix.givenId()).isEqualTo(edited[cut]);
            assertThat(prefix.knownId()).isEqualTo(prompt[cut]);
        }
        GenerationUsage.Prefix same = run(request(prompt)).prefix();
        assertThat(same.reusedTokens()).isEqualTo((prompt.length - 1) / 128 * 128);
        assertThat(same.cause()).isEqualTo(Cause.NONE);
    }

    @Test
    void answersAsWithoutAMemoryWhenThereIsHardlyAny() {
        engine.close();
        long budget = 2 * model.stateBytes(2L * TURNS * (ASKED + ANSWERED));
        engine = new Engine(model, EngineOptions.defaults().withStateBudgetBytes(budget), clock::now);
        List<int[]> histories = new ArrayList<>(List.of(new int[0], new int[0], new int[0], new int[0]));
        for (int turn = 0; turn < TURNS; turn++) {
            for (int i = 0; i < histories.size(); i++) {
                int[] prompt = ask(histories.get(i));
                run(request(prompt));
                histories.set(i, answered(prompt));
                assertThat(model.stateMemory().peakBytes()).isLessThanOrEqualTo(budget);
            }
        }
        assertThat(engine.cacheStatus().counts().evicted()).isPositive();
    }

    private int[] ask(int[] history) {
        int[] prompt = Arrays.copyOf(history, history.length + ASKED);
        for (int i = history.length; i < prompt.length; i++) {
            prompt[i] = random.nextInt(ToyModel.VOCABULARY);
        }
        return prompt;
    }

    private static GenerationRequest request(int[] prompt) {
        return GenerationRequest.of(prompt, SamplingParams.greedy(), TokenLimits.of(ANSWERED));
    }

    private static int[] answered(int[] prompt) {
        List<Integer> answer = Alone.greedy(prompt, TokenLimits.of(ANSWERED));
        int[] history = Arrays.copyOf(prompt, prompt.length + ANSWERED);
        for (int i = 0; i < ANSWERED; i++) {
            history[prompt.length + i] = answer.get(i);
        }
        return history;
    }

    /** Runs a request alone, compares its answer, and gives what it took. */
    private GenerationUsage run(GenerationRequest request) {
        Generation generation = engine.submit(request).getFirst();
        while (engine.step()) {
            assertThat(generation.usage().computedTokens()).isLessThan(100_000);
        }
        List<Integer> ids = new ArrayList<>();
        Taken taken = generation.poll();
        while (taken instanceof Taken.Token token) {
            ids.add(token.id());
            taken = generation.poll();
        }
        assertThat(ids).isEqualTo(Alone.greedy(request.prompt(), request.limits()));
        return generation.usage();
    }
}
