package dev.hadal.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Penalties, bias, constraint and log-probabilities against their definitions, written apart from the code. */
class SamplerAdjustmentsTest {
    private final Sampler sampler = new Sampler();

    @Test
    void aRepeatedTokenLosesByEachPenaltyAsDefined() {
        float[] logits = {4, -4, 4};
        int[] prompt = {0, 1};
        // Only the repetition penalty knows the prompt.
        assertThat(logProbsOf(logits, new Penalties(1, 1, 1), prompt)).containsExactly(4, -4, 4);
        assertThat(logProbsOf(logits, new Penalties(0, 0, 2), prompt)).containsExactly(2, -8, 4);
        assertThat(logProbsOf(logits, new Penalties(0.5f, 0.25f, 1), prompt, 2, 2, 1))
                .containsExactly(4, -4.75f, 2.75f);
        assertThat(logProbsOf(logits, new Penalties(-1, 0, 1), prompt, 2)).containsExactly(4, -4, 5);
        // First divided, then reduced.
        assertThat(logProbsOf(logits, new Penalties(0, 1, 2), prompt, 0)).containsExactly(1, -8, 4);
    }

    /** Adjusted logits, recovered from log-probabilities through a token that nothing changes. */
    private float[] logProbsOf(float[] logits, Penalties penalties, int[] prompt, int... answer) {
        float[] longer = new float[logits.length + 1];
        System.arraycopy(logits, 0, longer, 0, logits.length);
        SampledSequence sequence = new SampledSequence(
                new SamplingParams(1, 1, 0, 0, 0).withPenalties(penalties), 0, longer.length, prompt);
        for (int id : answer) {
            sequence.accept(id);
        }
        float[] adjusted = new float[logits.length];
        float zero = logProb(longer, sequence, logits.length);
        for (int id = 0; id < logits.length; id++) {
            adjusted[id] = Math.round((logProb(longer, sequence, id) - zero) * 1000) / 1000f;
        }
        return adjusted;
    }

    private float logProb(float[] logits, SampledSequence sequence, int id) {
        return sampler.logProbs(logits, 0, sequence, 0, id, 0).chosen().logProb();
    }

    @Test
    void resultsStayFinite() {
        float[] logits = {Float.MAX_VALUE, -Float.MAX_VALUE};
        SampledSequence sequence = new SampledSequence(
                SamplingParams.greedy()
                        .withPenalties(new Penalties(0, 0, 0.1f))
                        .withBias(new LogitBias(Map.of(1, -100f))),
                0,
                2,
                new int[] {0, 1});
        assertThat(sampler.pick(logits, 0, sequence, 0)).isZero();
    }

    @Test
    void doesNotChangeTheRowThatChoicesShare() {
        float[] logits = {1, 2, 3};
        SampledSequence sequence =
                new SampledSequence(SamplingParams.greedy().withBias(new LogitBias(Map.of(0, 100f))), 0, 3, new int[0]);
        assertThat(sampler.pick(logits, 0, sequence, 0)).isZero();
        assertThat(logits).containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void agreesWithTheDefinitions(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 700; round++) {
            Case given = new Case(random, round);
            SampledSequence sequence = given.sequence();
            double[] probability = given.probabilities();
            int id = sampler.pick(given.row, given.offset, sequence, round);
            assertThat(id).as("seed %d round %d", seed, round).isEqualTo(given.pick(probability, round));
            int top = random.nextInt(LogProbs.MAX_TOP + 1);
            LogProbs probs = sampler.logProbs(given.row, given.offset, sequence, round, id, top);
            List<Integer> best = given.ranked;
            assertThat(probs.chosen().id()).isEqualTo(id);
            assertThat(probs.top())
                    .extracting(LogProbs.Entry::id)
                    .containsExactlyElementsOf(best.subList(0, Math.min(top, best.size())));
            for (LogProbs.Entry entry : probs.top()) {
                assertThat((double) entry.logProb()).isCloseTo(Math.log(probability[entry.id()]), within(1e-4));
            }
            assertThat((double) probs.chosen().logProb()).isCloseTo(Math.log(probability[id]), within(1e-4));
        }
    }

    /** A random request in the middle of its answer. */
    private static final class Case {
        final int offset;
        final float[] row;
        private final int vocabulary;
        private final SamplingParams params;
        private final int[] prompt;
        private final int[] answer;
        private final TokenMask mask;
        private final boolean constrained;
        private final int[] forbidden;
        /** What could be chosen, by descending adjusted logit; known with the probabilities. */
        private List<Integer> ranked = List.of();

        Case(Random random, int round) {
            vocabulary = 1 + random.nextInt(40);
            offset = random.nextInt(5);
            row = new float[offset + vocabulary + random.nextInt(5)];
            for (int i = 0; i < row.length; i++) {
                row[i] = Math.round(random.nextGaussian() * 12) / 4f;
            }
            Map<Integer, Float> bias = new HashMap<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                bias.put(random.nextInt(vocabulary), random.nextInt(-20, 20) / 2f);
            }
            Penalties penalties = random.nextInt(3) == 0
                    ? Penalties.none()
                    : new Penalties(
                            random.nextInt(-8, 9) / 4f, random.nextInt(-8, 9) / 4f, 0.5f + random.nextInt(8) / 4f);
            params = new SamplingParams(
                    random.nextInt(4) == 0 ? 0 : random.nextFloat(0.1f, 2),
                    1,
                    0,
                    0,
                    round,
                    new Adjustments(penalties, new LogitBias(bias)));
            prompt = random.ints(random.nextInt(9), 0, vocabulary).toArray();
            answer = random.ints(random.nextInt(9), 0, vocabulary).toArray();
            mask = new TokenMask(vocabulary);
            constrained = random.nextBoolean();
            int sure = random.nextInt(vocabulary);
            IntStream.range(0, vocabulary)
                    .filter(id -> !constrained || id == sure || random.nextBoolean())
                    .forEach(mask::add);
            int other = random.nextInt(vocabulary);
            forbidden = random.nextBoolean() && other != sure ? new int[] {other} : new int[0];
        }

        SampledSequence sequence() {
            TokenConstraint constraint = new TokenConstraint() {
                @Override
                public TokenMask allowed() {
                    return mask;
                }

                @Override
                public void accept(int id) {}
            };
            SampledSequence sequence = constrained
                    ? SampledSequence.constrained(params, 3, vocabulary, prompt, constraint)
                    : new SampledSequence(params, 3, vocabulary, prompt);
            sequence.forbid(forbidden);
            for (int id : answer) {
                sequence.accept(id);
            }
            return sequence;
        }

        /** After adjustments and temperature, by the textbook; 0 for what is excluded. */
        double[] probabilities() {
            TreeMap<Integer, Float> logits = new TreeMap<>();
            Penalties penalties = params.adjustments().penalties();
            for (int id = 0; id < vocabulary; id++) {
                int wanted = id;
                float logit = row[offset + id];
                long count = IntStream.of(answer).filter(each -> each == wanted).count();
                if (count > 0 || IntStream.of(prompt).anyMatch(each -> each == wanted)) {
                    logit = logit > 0 ? logit / penalties.repetition() : logit * penalties.repetition();
                }
                if (count > 0) {
                    logit -= penalties.presence() + count * penalties.frequency();
                }
                logit += params.adjustments().bias().values().getOrDefault(id, 0f);
                if (mask.contains(id) && IntStream.of(forbidden).noneMatch(each -> each == wanted)) {
                    logits.put(id, logit);
                }
            }
            double[] probability = new double[vocabulary];
            float largest = logits.values().stream().max(Float::compare).orElseThrow();
            if (params.isGreedy()) {
                logits.entrySet().stream()
                        .filter(entry -> entry.getValue() == largest)
                        .findFirst()
                        .ifPresent(entry -> probability[entry.getKey()] = 1);
            } else {
                logits.forEach((id, logit) -> probability[id] = Math.exp((logit - largest) / params.temperature()));
                double total = IntStream.range(0, vocabulary)
                        .mapToDouble(id -> probability[id])
                        .sum();
                for (int id = 0; id < vocabulary; id++) {
                    probability[id] /= total;
                }
            }
            ranked = new ArrayList<>(logits.keySet());
            ranked.sort((a, b) -> -Float.compare(
                    Objects.requireNonNull(logits.get(a)) + 0f, Objects.requireNonNull(logits.get(b)) + 0f));
            return probability;
        }

        int pick(double[] probability, int position) {
            double number = new CounterRandom().uniform(params.seed(), 3, position);
            double mass = 0;
            for (int id : ranked) {
                mass += probability[id];
                if (mass > number) {
                    return id;
                }
            }
            return ranked.getLast();
        }
    }

    @Test
    void atTemperatureZeroTheBestTokenIsCertain() {
        SampledSequence sequence = new SampledSequence(SamplingParams.greedy(), 0, 3, new int[0]);
        LogProbs probs = sampler.logProbs(new float[] {1, 5, 3}, 0, sequence, 0, 2, 2);
        assertThat(probs.chosen()).isEqualTo(new LogProbs.Entry(2, Float.NEGATIVE_INFINITY));
        assertThat(probs.top())
                .containsExactly(new LogProbs.Entry(1, 0), new LogProbs.Entry(2, Float.NEGATIVE_INFINITY));
    }

    @Test
    void namesAtMostTwentyAlternatives() {
        SampledSequence sequence = new SampledSequence(new SamplingParams(1, 1, 0, 0, 0), 0, 50, new int[0]);
        assertThat(sampler.logProbs(new float[50], 0, sequence, 0, 49, 20).top())
                .extracting(LogProbs.Entry::id)
                .containsExactlyElementsOf(IntStream.range(0, 20).boxed().toList());
        assertThat(sampler.logProbs(new float[50], 0, sequence, 0, 49, 0).top()).isEmpty();
        for (int top : new int[] {-1, 21}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> sampler.logProbs(new float[50], 0, sequence, 0, 49, top))
                    .withMessage("the number of likeliest tokens must be from 0 to 20, but is " + top);
        }
    }

    @Test
    void allocatesNothingForATokenOnceItIsWarm() {
        int vocabulary = 129_280;
        float[] logits = new float[vocabulary];
        Random random = new Random(6);
        for (int id = 0; id < vocabulary; id++) {
            logits[id] = (float) random.nextGaussian() * 3;
        }
        SamplingParams all = new SamplingParams(0.9f, 0.95f, 0, 0.01f, 5)
                .withPenalties(new Penalties(0.5f, 0.5f, 1.1f))
                .withBias(new LogitBias(Map.of(7, 1f)));
        SampledSequence sequence = new SampledSequence(all, 0, vocabulary, new int[] {1, 2, 3});
        long warm = 0;
        for (int position = 0; position < 100; position++) {
            warm += sampler.pick(logits, 0, sequence, position);
        }
        long before = allocated();
        for (int position = 0; position < 100; position++) {
            warm += sampler.pick(logits, 0, sequence, position);
        }
        assertThat(allocated() - before).as("picks that add up to %d", warm).isLessThan(2_000);
    }

    /** By reflection, since the library does not read the module that knows. */
    private static long allocated() {
        try {
            Object threads = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getThreadMXBean")
                    .invoke(null);
            return (long) Class.forName("com.sun.management.ThreadMXBean")
                    .getMethod("getCurrentThreadAllocatedBytes")
                    .invoke(threads);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
