package dev.hadal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.engine.GenerationException.Fault;
import dev.hadal.model.Batch;
import dev.hadal.sample.SamplingParams;
import dev.hadal.sample.TokenConstraint;
import dev.hadal.sample.TokenMask;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest {
    /** In no prompt of {@link ToyBench#request}, and forbidden to be chosen. */
    private static final int PILL = 0;

    private static boolean holds(Batch batch, int id) {
        for (int row = 0; row < batch.rows(); row++) {
            if (batch.token(row) == id) {
                return true;
            }
        }
        return false;
    }

    /** A request whose prompt has the pill at a position. */
    private static GenerationRequest poisoned(ToyBench bench, int promptTokens, int at) {
        GenerationRequest request = bench.request(promptTokens, 10);
        int[] prompt = request.prompt();
        prompt[at] = PILL;
        return GenerationRequest.of(prompt, SamplingParams.greedy(), request.limits());
    }

    /** A request that never chooses the pill. */
    private static GenerationRequest healthy(ToyBench bench, int promptTokens) {
        return bench.request(promptTokens, 100).withLimits(new TokenLimits(100, 100, Set.of(PILL), null));
    }

    private static void assertFails(Generation generation, Fault fault, String message) {
        assertThatThrownBy(() -> {
                    while (generation.poll() instanceof Taken.Token) {
                        // What was chosen before the fault comes first.
                    }
                })
                .isInstanceOfSatisfying(
                        GenerationException.class, e -> assertThat(e.fault()).isEqualTo(fault))
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 63, 64, 130})
    void aFailingComputationEndsOnlyWhoCausedIt(int at) {
        try (ToyBench bench = new ToyBench()) {
            bench.model.hook(batch -> {
                if (holds(batch, PILL)) {
                    throw new IllegalStateException("planted");
                }
            });
            List<GenerationRequest> requests = new ArrayList<>();
            List<Generation> generations = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                requests.add(healthy(bench, 20 + 50 * i));
                generations.add(bench.submit(requests.getLast()));
            }
            bench.runUntilWriting(generations.getFirst());
            Generation culprit = bench.submit(poisoned(bench, 140, at));
            bench.run();
            assertFails(
                    culprit,
                    Fault.MODEL,
                    "the computation failed after position " + at / 64 * 64
                            + ", where this sequence was alone: java.lang.IllegalStateException: planted");
            for (int i = 0; i < 5; i++) {
                ToyBench.assertAlone(generations.get(i), requests.get(i));
            }
            assertThat(bench.engine.counters().failed()).isEqualTo(1);
            assertThat(bench.engine.status().healthy()).isTrue();
        }
    }

    @Test
    void memoryThatRunsOutEndsOnlyWhoNeededIt() {
        try (ToyBench bench = new ToyBench()) {
            bench.model.hook(batch -> {
                if (holds(batch, PILL)) {
                    throw new OutOfMemoryError("planted");
                }
            });
            GenerationRequest request = healthy(bench, 20);
            Generation neighbour = bench.submit(request);
            bench.runUntilWriting(neighbour);
            Generation culprit = bench.submit(poisoned(bench, 10, 5));
            bench.run();
            assertFails(
                    culprit,
                    Fault.OUT_OF_MEMORY,
                    "the computation failed after position 0, where this sequence was alone: "
                            + "java.lang.OutOfMemoryError: planted");
            ToyBench.assertAlone(neighbour, request);
        }
    }

    @Test
    void aStateForWhichThereIsNoMemoryEndsOnlyItsSequence() {
        try (ToyBench bench = new ToyBench()) {
            GenerationRequest request = healthy(bench, 200);
            Generation neighbour = bench.submit(request);
            bench.runUntilWriting(neighbour);
            GenerationRequest several = bench.request(64, 10);
            List<Generation> choices =
                    bench.engine.submit(several.withOutput(TokenOutput.plain().withChoices(2)));
            bench.engine.step();
            assertThat(choices.getFirst().usage().sampledTokens()).isZero();
            bench.model.failStates(true);
            Generation starved = bench.submit(bench.request(10, 10));
            bench.run();
            String message =
                    "there is no memory for the state of this sequence: planted; give the process more, or the "
                            + "engine a smaller budget";
            assertFails(starved, Fault.OUT_OF_MEMORY, message);
            assertFails(choices.get(1), Fault.OUT_OF_MEMORY, message);
            ToyBench.assertAlone(choices.getFirst(), several);
            ToyBench.assertAlone(neighbour, request);
            bench.model.failStates(false);
        }
    }

    @Test
    void afterSeveralFailuresInARowTheEngineIsUnwellUntilAStepSucceeds() {
        try (ToyBench bench = new ToyBench()) {
            bench.model.hook(batch -> {
                throw new IllegalStateException("planted");
            });
            for (int i = 1; i <= 3; i++) {
                assertThat(bench.engine.status().healthy()).isTrue();
                bench.submit(bench.request(10, 1));
                bench.run();
            }
            assertThat(bench.engine.status().complaint()).isEqualTo("the last 3 steps failed");
            bench.model.hook(batch -> {});
            bench.submit(bench.request(10, 1));
            bench.run();
            assertThat(bench.engine.status().healthy()).isTrue();
        }
    }

    @Test
    void aStepThatDoesNotEndIsReported() {
        try (ToyBench bench = new ToyBench()) {
            List<String> seen = new ArrayList<>();
            bench.model.hook(batch -> {
                seen.add(bench.engine.status().complaint());
                bench.clock.pass(301_000_000_000L);
                seen.add(bench.engine.status().complaint());
            });
            bench.submit(bench.request(10, 1));
            bench.run();
            assertThat(seen).containsExactly("", "a step has been running for more than 300 s");
            assertThat(bench.engine.status().healthy()).isTrue();
        }
    }

    @Test
    void whatIsNotANumberReachesNoSamplerAndIsNotRemembered() {
        try (ToyBench bench = new ToyBench()) {
            bench.model.poison(PILL);
            GenerationRequest request = healthy(bench, 20);
            Generation neighbour = bench.submit(request);
            bench.runUntilWriting(neighbour);
            Generation culprit = bench.submit(poisoned(bench, 300, 150));
            bench.runWhile(() -> !culprit.ended());
            assertFails(
                    culprit,
                    Fault.NOT_FINITE,
                    "the model computed a logit that is not a finite number for position 300; the weights may be "
                            + "damaged, compare the checkpoint's files with their origin");
            assertThat(bench.engine.cacheStatus().snapshots()).isZero();
            bench.run();
            ToyBench.assertAlone(neighbour, request);
        }
    }

    @Test
    void aStopRuleThatThrowsEndsItsRequest() {
        try (ToyBench bench = new ToyBench()) {
            GenerationRequest request = bench.request(20, 10);
            int third = Alone.greedy(request.prompt(), request.limits()).get(2);
            StopRule broken = id -> {
                if (id == third) {
                    throw new IllegalStateException("planted");
                }
                return false;
            };
            GenerationRequest good = bench.request(30, 10);
            Generation neighbour = bench.submit(good);
            Generation generation =
                    bench.submit(request.withOutput(TokenOutput.plain().withStopRules(choice -> broken)));
            bench.run();
            assertThat(generation.usage().sampledTokens()).isEqualTo(2);
            assertFails(
                    generation, Fault.STOP_RULE, "the stop rule failed on token " + third + " at position 22: planted");
            ToyBench.assertAlone(neighbour, good);
        }
    }

    @Test
    void aConstraintThatThrowsOrAllowsNothingEndsItsRequest() {
        assertConstraintFails(
                () -> {
                    throw new IllegalStateException("planted");
                },
                "no token could be chosen at position 20: the constraint of this request failed at position 20: "
                        + "java.lang.IllegalStateException: planted");
        assertConstraintFails(
                () -> new TokenMask(ToyModel.VOCABULARY),
                "no token could be chosen at position 20: no token can be chosen at position 20: "
                        + "the constraint of this request allows no token");
        assertConstraintFails(
                () -> {
                    throw new AssertionError("planted");
                },
                "no token could be chosen at position 20: planted");
    }

    private static void assertConstraintFails(Supplier<TokenMask> allowed, String message) {
        TokenConstraint broken = new TokenConstraint() {
            @Override
            public TokenMask allowed() {
                return allowed.get();
            }

            @Override
            public void accept(int id) {}
        };
        try (ToyBench bench = new ToyBench()) {
            GenerationRequest good = bench.request(30, 10);
            Generation neighbour = bench.submit(good);
            Generation generation = bench.submit(
                    bench.request(20, 10).withOutput(TokenOutput.plain().withConstraints(choice -> broken)));
            bench.run();
            assertFails(generation, Fault.CONSTRAINT, message);
            ToyBench.assertAlone(neighbour, good);
        }
    }

    @Test
    @Timeout(30)
    void anEngineThatFailsItselfEndsEverythingAndSaysSo() throws InterruptedException {
        ToyModel model = new ToyModel(new ToyModel.Clock());
        ToyBench requests = new ToyBench();
        try (Engine engine = new Engine(model, EngineOptions.defaults())) {
            model.failAccounting();
            Generation generation = engine.submit(requests.request(10, 10)).getFirst();
            assertThatThrownBy(generation::take)
                    .isInstanceOfSatisfying(
                            GenerationException.class,
                            e -> assertThat(e.fault()).isEqualTo(Fault.ENGINE));
            assertThat(engine.status().healthy()).isFalse();
            assertThatThrownBy(() -> engine.submit(requests.request(10, 10)))
                    .isInstanceOf(AdmissionException.class)
                    .hasMessage("the engine accepts no more requests");
        }
    }
}
