package dev.hadal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.sample.SamplingParams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineTest {
    private final ToyModel.Clock clock = new ToyModel.Clock();
    private final ToyModel model = new ToyModel(clock);
    private final Engine engine = new Engine(model, EngineOptions.defaults(), clock::now);

    @AfterEach
    void leavesNoMemoryBehind() {
        engine.close();
        assertThat(model.stateMemory().usedBytes()).isZero();
    }

    private static GenerationRequest request(Random random, int promptTokens, int maxTokens) {
        int[] prompt = random.ints(promptTokens, 0, ToyModel.VOCABULARY).toArray();
        return GenerationRequest.of(prompt, SamplingParams.greedy(), TokenLimits.of(maxTokens, 3));
    }

    private static List<Integer> ids(Generation generation) {
        List<Integer> ids = new ArrayList<>();
        while (generation.poll() instanceof Taken.Token token) {
            ids.add(token.id());
        }
        return ids;
    }

    private void run() {
        for (int steps = 0; engine.step(); steps++) {
            assertThat(steps).isLessThan(100_000);
        }
    }

    @Test
    void givesEachGenerationWhatItGivesAlone() {
        Random random = new Random(1);
        List<GenerationRequest> requests = new ArrayList<>();
        List<Generation> generations = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            requests.add(request(random, 1 + random.nextInt(300), 1 + random.nextInt(80)));
            generations.addAll(engine.submit(requests.getLast()));
        }
        run();
        for (int i = 0; i < requests.size(); i++) {
            assertThat(ids(generations.get(i)))
                    .isEqualTo(Alone.greedy(
                            requests.get(i).prompt(), requests.get(i).limits()));
        }
    }

    @Test
    void saysHowAGenerationEndedAndWhatItTook() {
        Generation generation = engine.submit(request(new Random(2), 100, 5)).getFirst();
        run();
        assertThat(ids(generation)).hasSize(5);
        assertThat(generation.poll()).isInstanceOfSatisfying(Taken.End.class, end -> {
            assertThat(end.reason()).isEqualTo(EndReason.LENGTH);
            assertThat(end.stopId()).isEqualTo(-1);
            assertThat(end.usage().promptTokens()).isEqualTo(100);
            assertThat(end.usage().computedTokens()).isEqualTo(104);
            assertThat(end.usage().sampledTokens()).isEqualTo(5);
            assertThat(end.usage().timings().started()).isZero();
            assertThat(end.usage().timings().firstToken()).isEqualTo(Duration.ofMillis(102));
            assertThat(end.usage().timings().ended()).isEqualTo(Duration.ofMillis(110));
            assertThat(end.usage().timings().longestGap()).isEqualTo(Duration.ofMillis(2));
        });
    }

    @Test
    void countsWhatTokensTakeThatAreComputedAlone() {
        engine.submit(request(new Random(2), 100, 5));
        run();
        EngineCounters.Alone alone = engine.counters().alone();
        assertThat(alone)
                .isEqualTo(new EngineCounters.Alone(4, 4 * Duration.ofMillis(2).toNanos()));
        engine.submit(request(new Random(5), 20, 30));
        engine.submit(request(new Random(5), 20, 30));
        run();
        assertThat(engine.counters().tokens().decode()).isGreaterThan(4 + 2 * 10);
        assertThat(engine.counters().alone()).isEqualTo(alone);
    }

    @Test
    void refusesAPromptThatDoesNotFit() {
        assertThatThrownBy(() -> engine.submit(
                        GenerationRequest.of(new int[] {1, 32}, SamplingParams.greedy(), TokenLimits.of(1))))
                .isInstanceOfSatisfying(
                        AdmissionException.class,
                        e -> assertThat(e.reason()).isEqualTo(AdmissionException.Reason.INVALID_ID))
                .hasMessage("token 32 of the prompt is not in the vocabulary of 32 ids");
    }

    @Test
    void worksOnItsOwnThread() throws InterruptedException {
        GenerationRequest request = request(new Random(4), 200, 50);
        try (Engine working = new Engine(model, EngineOptions.defaults())) {
            Generation generation = working.submit(request).getFirst();
            List<Integer> ids = new ArrayList<>();
            while (generation.take() instanceof Taken.Token token) {
                ids.add(token.id());
            }
            assertThat(ids).isEqualTo(Alone.greedy(request.prompt(), request.limits()));
            working.drain(Duration.ofSeconds(10));
        }
    }
}
