package dev.hadal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.engine.TokenLimits.ThinkingBudget;
import dev.hadal.sample.LogProbs;
import dev.hadal.sample.TokenConstraint;
import dev.hadal.sample.TokenMask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChooserTest {
    private static final int CLOSE = 3;

    private static List<Integer> alone(GenerationRequest request, int tokens) {
        return Alone.greedy(request.prompt(), TokenLimits.of(tokens));
    }

    @Test
    void aStopIdEndsAndIsNotDelivered() {
        try (ToyBench bench = new ToyBench()) {
            GenerationRequest request = bench.request(20, 50);
            List<Integer> free = alone(request, 50);
            int stop = free.get(7);
            Generation generation = bench.submit(request.withLimits(TokenLimits.of(50, stop)));
            bench.run();
            assertThat(ToyBench.ids(generation)).isEqualTo(free.subList(0, free.indexOf(stop)));
            Taken.End end = ToyBench.end(generation);
            assertThat(end.reason()).isEqualTo(EndReason.STOP_ID);
            assertThat(end.stopId()).isEqualTo(stop);
            assertThat(end.usage().sampledTokens()).isEqualTo(free.indexOf(stop) + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 49, 50})
    void noStopIdIsChosenBeforeTheMinimum(int least) {
        try (ToyBench bench = new ToyBench()) {
            GenerationRequest request = bench.request(20, 50);
            int stop = alone(request, 50).getFirst();
            TokenLimits limits = TokenLimits.of(50, stop).withMinTokens(least);
            Generation generation = bench.submit(request.withLimits(limits));
            bench.run();
            List<Integer> ids = ToyBench.ids(generation);
            assertThat(ids).hasSizeGreaterThanOrEqualTo(least).isEqualTo(Alone.greedy(request.prompt(), limits));
        }
    }

    @Test
    void aStopRuleEndsWithTheIdThatItWasAskedAbout() {
        try (ToyBench bench = new ToyBench()) {
            GenerationRequest request = bench.request(20, 50);
            List<Integer> asked = new ArrayList<>();
            StopRule fifth = id -> {
                asked.add(id);
                return asked.size() == 5;
            };
            Generation generation =
                    bench.submit(request.withOutput(TokenOutput.plain().withStopRules(choice -> fifth)));
            bench.run();
            assertThat(asked).isEqualTo(alone(request, 5));
            assertThat(ToyBench.ids(generation)).isEqualTo(asked);
            assertThat(ToyBench.end(generation).reason()).isEqualTo(EndReason.STOP_RULE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 6})
    void aThinkingBudgetClosesTheBlockAndTheAnswerGoesOn(int budget) {
        try (ToyBench bench = new ToyBench()) {
            GenerationRequest request = bench.request(20, 20);
            List<Integer> thoughts = alone(request, budget + 1);
            assertThat(thoughts).doesNotContain(CLOSE);
            Generation generation = bench.submit(
                    request.withLimits(TokenLimits.of(20).withThinking(new ThinkingBudget(CLOSE, budget))));
            bench.run();
            List<Integer> ids = ToyBench.ids(generation);
            assertThat(ids.subList(0, budget)).isEqualTo(thoughts.subList(0, budget));
            assertThat(ids.get(budget)).isEqualTo(CLOSE);
            int[] continued = IntStream.concat(
                            Arrays.stream(request.prompt()),
                            ids.subList(0, budget + 1).stream().mapToInt(Integer::intValue))
                    .toArray();
            assertThat(ids.subList(budget + 1, 20)).isEqualTo(Alone.greedy(continued, TokenLimits.of(19 - budget)));
        }
    }

    @Test
    void aBlockThatClosesByItselfIsNotClosedAgain() {
        try (ToyBench bench = new ToyBench()) {
            GenerationRequest request = bench.request(20, 20);
            List<Integer> free = alone(request, 20);
            int close = free.get(3);
            Generation generation = bench.submit(request.withLimits(
                    TokenLimits.of(20).withThinking(new ThinkingBudget(close, free.indexOf(close) + 2))));
            bench.run();
            assertThat(ToyBench.ids(generation)).isEqualTo(free);
        }
    }

    @Test
    void logProbabilitiesComeWithTheirTokens() {
        try (ToyBench bench = new ToyBench()) {
            GenerationRequest request = bench.request(20, 5);
            Generation generation =
                    bench.submit(request.withSampling(request.sampling().withTemperature(1))
                            .withOutput(TokenOutput.plain().withTopLogProbs(3)));
            Generation none = bench.submit(request);
            bench.run();
            for (int i = 0; i < 5; i++) {
                Taken.Token token = (Taken.Token) Objects.requireNonNull(generation.poll());
                LogProbs logProbs = Objects.requireNonNull(token.logProbs());
                assertThat(logProbs.chosen().id()).isEqualTo(token.id());
                assertThat(logProbs.top()).hasSize(3);
                assertThat(((Taken.Token) Objects.requireNonNull(none.poll())).logProbs())
                        .isNull();
            }
        }
    }

    @Test
    void aConstraintSeesEveryIdInOrder() {
        List<Integer> seen = new ArrayList<>();
        TokenConstraint even = new TokenConstraint() {
            @Override
            public TokenMask allowed() {
                TokenMask mask = new TokenMask(ToyModel.VOCABULARY);
                for (int id = 0; id < ToyModel.VOCABULARY; id += 2) {
                    mask.add(id);
                }
                return mask;
            }

            @Override
            public void accept(int id) {
                seen.add(id);
            }
        };
        try (ToyBench bench = new ToyBench()) {
            Generation generation = bench.submit(
                    bench.request(20, 30).withOutput(TokenOutput.plain().withConstraints(choice -> even)));
            bench.run();
            assertThat(ToyBench.ids(generation)).hasSize(30).isEqualTo(seen).allMatch(id -> id % 2 == 0);
        }
    }

    @Test
    void onlyIdsOfTheVocabularyAreChosen() {
        try (ToyBench bench = new ToyBench(EngineOptions.defaults().withVocabulary(10))) {
            Generation generation = bench.submit(bench.request(20, 100));
            bench.run();
            assertThat(Set.copyOf(ToyBench.ids(generation))).allMatch(id -> id < 10);
        }
    }
}
