package dev.hadal.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
    private static final SamplingParams ALL = new SamplingParams(1, 1, 0, 0, 11);

    private final Sampler sampler = new Sampler();

    @Test
    void temperatureZeroTakesTheLargestLogitAndTheLowestIdOnATie() {
        assertThat(greedy(1, 3, 2)).isEqualTo(1);
        assertThat(greedy(-5, 7, 7, 7)).isEqualTo(1);
        assertThat(greedy(-0f, 0f)).isZero();
        assertThat(greedy(-3)).isZero();
    }

    @Test
    void readsOnlyItsRow() {
        float[] logits = {Float.NaN, 9, 0, 1, 2, Float.POSITIVE_INFINITY, 9};
        assertThat(sampler.pick(logits, 2, sequence(SamplingParams.greedy(), 0, 3), 0))
                .isEqualTo(2);
        assertThat(sampler.pick(logits, 2, sequence(ALL.withTopK(1), 0, 3), 0)).isEqualTo(2);
    }

    @Test
    void refusesLogitsThatAreNotFinite() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            assertThatThrownBy(() -> pick(new float[] {1, 2, bad}, SamplingParams.greedy(), 0, 42))
                    .isInstanceOf(SamplingException.class)
                    .hasMessage("no token can be chosen at position 42: the logit of token 2 is " + bad
                            + "; the weights may be damaged, compare the checkpoint's files with their origin");
        }
        assertThatThrownBy(() -> pick(new float[0], SamplingParams.greedy(), 0, 3))
                .isInstanceOf(SamplingException.class)
                .hasMessage("no token can be chosen at position 3: there is no token");
    }

    @Test
    void filtersKeepOneTokenAtLeast() {
        float[] logits = {1, 5, 3};
        for (SamplingParams only : List.of(ALL.withTopP(0), ALL.withTopK(1), ALL.withMinP(1))) {
            assertThat(picks(logits, only, 50)).containsOnly(1);
        }
    }

    @Test
    void tiesAtTheEdgeOfAFilterKeepTheLowerIds() {
        float[] logits = {2, 4, 4, 4, 4};
        assertThat(picks(logits, ALL.withTopK(3), 200)).containsOnly(1, 2, 3);
        // A quarter of the mass each: two of them reach one half.
        assertThat(picks(new float[] {4, 4, 4, 4}, ALL.withTopP(0.5f), 200)).containsOnly(0, 1);
        // Min-p keeps what equals its bound.
        assertThat(picks(new float[] {-50, 4, 4, 3}, ALL.withMinP(1), 200)).containsOnly(1, 2);
    }

    @Test
    void topPCountsTheMassThatTopKLeft() {
        // Weights 4 : 3 : 3. Of all, the first holds 0.4; of the first two, 0.57.
        float[] logits = {(float) Math.log(4), (float) Math.log(3), (float) Math.log(3)};
        assertThat(picks(logits, ALL.withTopP(0.5f), 200)).containsOnly(0, 1);
        assertThat(picks(logits, ALL.withTopK(2).withTopP(0.5f), 200)).containsOnly(0);
    }

    @Test
    void theSmallestTemperatureIsNearlyGreedy() {
        assertThat(picks(new float[] {1, 1.0001f, -3}, ALL.withTemperature(Float.MIN_VALUE), 100))
                .containsOnly(1);
    }

    @Test
    void drawsInProportionToTheWeights() {
        float[] logits = {0.3f, -1, 2, 1.5f, -4, 2};
        SamplingParams params = ALL.withTemperature(0.8f);
        int draws = 60_000;
        int[] counts = new int[logits.length];
        for (int id : picks(logits, params, draws)) {
            counts[id]++;
        }
        double total = 0;
        for (float logit : logits) {
            total += Math.exp(logit / 0.8);
        }
        double chiSquare = 0;
        for (int id = 0; id < logits.length; id++) {
            double expected = draws * Math.exp(logits[id] / 0.8) / total;
            chiSquare += (counts[id] - expected) * (counts[id] - expected) / expected;
        }
        // 5 degrees of freedom: above 24 once in 5,000 seeds.
        assertThat(chiSquare).isLessThan(24);
    }

    @Test
    void dependsOnSeedChoiceAndPositionAndOnNothingElse() {
        float[] flat = new float[1000];
        int id = pick(flat, ALL, 2, 77);
        pick(new float[] {1, 2}, ALL, 0, 1);
        assertThat(pick(flat, ALL, 2, 77)).isEqualTo(id);
        assertThat(new Sampler().pick(flat, 0, sequence(ALL, 2, 1000), 77)).isEqualTo(id);
        assertThat(pick(flat, ALL.withSeed(12), 2, 77)).isNotEqualTo(id);
        assertThat(pick(flat, ALL, 3, 77)).isNotEqualTo(id);
        assertThat(pick(flat, ALL, 2, 78)).isNotEqualTo(id);
    }

    @Test
    void choosesFromAVocabularyOfFullSize() {
        float[] logits = randomLogits(new Random(5), 129_280, 3);
        for (SamplingParams params : List.of(ALL, ALL.withTopP(0.95f), ALL.withTopK(50), ALL.withMinP(0.02f))) {
            assertThat(pick(logits, params, 0, 9)).isEqualTo(oracle(logits, params, 0, 9));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void agreesWithTheDefinitionsOfTheFiltersAppliedOneAfterTheOther(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            float[] logits = randomLogits(random, 1 + random.nextInt(40), random.nextInt(1, 30));
            SamplingParams params = new SamplingParams(
                    random.nextFloat(0.05f, 2),
                    random.nextBoolean() ? 1 : random.nextFloat(),
                    random.nextBoolean() ? 0 : random.nextInt(45),
                    random.nextBoolean() ? 0 : random.nextFloat() * random.nextFloat(),
                    random.nextLong());
            assertThat(pick(logits, params, 1, round))
                    .as("seed %d round %d %s", seed, round, params)
                    .isEqualTo(oracle(logits, params, 1, round));
        }
    }

    /** Each filter by its own definition, over normalised probabilities, as Hugging Face transformers applies them. */
    private static int oracle(float[] logits, SamplingParams params, int choice, long position) {
        List<Integer> kept =
                new ArrayList<>(IntStream.range(0, logits.length).boxed().toList());
        kept.sort(Comparator.comparingDouble((Integer id) -> -logits[id]).thenComparing(Comparator.naturalOrder()));
        if (params.topK() > 0) {
            kept = kept.subList(0, Math.min(params.topK(), kept.size()));
        }
        double[] probability = softmax(logits, kept, params.temperature());
        if (params.topP() < 1) {
            // Ascending, whatever lies within the lowest 1 - p is dropped, but for the best.
            double tail = 0;
            for (int rank = kept.size() - 1; rank > 0; rank--) {
                tail += probability[rank];
                if (tail > 1 - (double) params.topP()) {
                    break;
                }
                kept = kept.subList(0, rank);
            }
            probability = softmax(logits, kept, params.temperature());
        }
        int end = 1;
        while (end < kept.size() && probability[end] >= params.minP() * probability[0]) {
            end++;
        }
        kept = kept.subList(0, end);
        probability = softmax(logits, kept, params.temperature());
        double number = new CounterRandom().uniform(params.seed(), choice, position);
        int rank = 0;
        for (double mass = probability[0]; rank < kept.size() - 1 && mass <= number; mass += probability[rank]) {
            rank++;
        }
        return kept.get(rank);
    }

    private static double[] softmax(float[] logits, List<Integer> ids, double temperature) {
        double[] weights = ids.stream()
                .mapToDouble(id -> Math.exp((logits[id] - logits[ids.getFirst()]) / temperature))
                .toArray();
        double total =
                IntStream.range(0, weights.length).mapToDouble(i -> weights[i]).sum();
        return IntStream.range(0, weights.length)
                .mapToDouble(i -> weights[i] / total)
                .toArray();
    }

    /** Some values repeat, so that ties occur. */
    private static float[] randomLogits(Random random, int length, float spread) {
        float[] logits = new float[length];
        for (int id = 0; id < length; id++) {
            float value = (float) random.nextGaussian() * spread;
            logits[id] = random.nextInt(4) == 0 ? Math.round(value) : value;
        }
        return logits;
    }

    private int greedy(float... logits) {
        return pick(logits, SamplingParams.greedy(), 0, 0);
    }

    private int[] picks(float[] logits, SamplingParams params, int count) {
        return IntStream.range(0, count)
                .map(position -> pick(logits, params, 0, position))
                .toArray();
    }

    private int pick(float[] logits, SamplingParams params, int choice, long position) {
        return sampler.pick(logits, 0, sequence(params, choice, logits.length), position);
    }

    private static SampledSequence sequence(SamplingParams params, int choice, int vocabulary) {
        return new SampledSequence(params, choice, vocabulary, new int[0]);
    }
}
