package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Kernels;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.SequenceState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * However a sequence is cut, on whatever threads and kernels, in whatever company: the logits have the same bits. The
 * reference is one batch of the whole sequence.
 */
@ParameterizedClass
@ValueSource(strings = {"flash", "pro"})
class EqualBitsTest {
    /** Positions around which rings wrap, blocks end, and other programs went wrong. */
    private static final List<Integer> BOUNDARIES = List.of(
            1, 2, 3, 4, 5, 7, 8, 9, 126, 127, 128, 129, 130, 254, 255, 256, 257, 258, 382, 383, 384, 385, 386, 510, 511,
            512, 513, 514, 2047, 2048, 2049, 2050, 2051, 2052, 2053, 2054, 2055, 2056);

    private static final int SHORT = 264;

    private static final Map<String, float[]> REFERENCES = new ConcurrentHashMap<>();

    private final String name;
    private final Golden golden;
    private final int[] ids;
    private final DeepSeekV4 model;
    private final float[] whole;

    EqualBitsTest(String name) {
        this.name = name;
        golden = Golden.open(name);
        ids = golden.ids();
        model = golden.model(NumericsMode.QAT, FastKernels.INSTANCE, 2);
        whole = REFERENCES.computeIfAbsent(name, unread -> golden.logits(model, ids, ids.length));
    }

    @AfterEach
    void close() {
        model.close();
        golden.close();
    }

    @Test
    void ofNumbers() {
        for (float value : whole) {
            assertThat(value).isFinite();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 127, 128, 129, 512})
    void ofAnyChunkSize(int chunk) {
        boolean toTheEnd = chunk >= 127 || (chunk == 1 && name.equals("flash"));
        check(golden.logits(model, toTheEnd ? ids : first(SHORT), chunk), 0);
    }

    @Test
    void ofCutsAtEveryBoundary() {
        int[] longer = tokens(new Random(2056), 2060);
        float[] expected = golden.logits(model, longer, 600);
        SequenceState state = model.newState();
        int from = 0;
        List<Integer> cuts = new ArrayList<>(BOUNDARIES);
        cuts.add(longer.length);
        for (int cut : cuts) {
            int[] piece = Arrays.copyOfRange(longer, from, cut);
            check(golden.logits(model, state, piece, 600), expected, from);
            from = cut;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7})
    void onAnyNumberOfThreads(int threads) {
        try (DeepSeekV4 other = golden.model(NumericsMode.QAT, FastKernels.INSTANCE, threads)) {
            check(golden.logits(other, first(SHORT), 113), 0);
        }
    }

    @Test
    void onPlainKernels() {
        onOtherKernels(KernelSelector.scalar());
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512})
    void onVectorsOfAnyWidth(int bits) {
        onOtherKernels(FastKernels.ofBits(bits));
    }

    /** Vectors wider than the machine's are a thousand times slower: they only go on for a few tokens at boundaries. */
    private void onOtherKernels(Kernels kernels) {
        boolean slow = kernels.name().contains("512") && KernelSelector.preferredBits() < 512;
        try (DeepSeekV4 other = golden.model(NumericsMode.QAT, kernels, 2)) {
            if (!slow) {
                check(golden.logits(other, first(SHORT), SHORT), 0);
            }
            for (int boundary : new int[] {4, 127, 257}) {
                SequenceState state = model.newState();
                golden.logits(model, state, first(boundary - 3), 600);
                int[] next = Arrays.copyOfRange(ids, boundary - 3, boundary + 3);
                check(golden.logits(other, state, next, 4), boundary - 3);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void inAnyCompany(long seed) {
        Random random = new Random(seed);
        List<Member> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(new Member(model.newState(), tokens(random, 1 + random.nextInt(i < 2 ? 270 : 60)), golden));
        }
        List<Member> all = List.copyOf(waiting);
        List<Member> present = new ArrayList<>();
        Company company = new Company(model, golden.config.vocabSize());
        while (!waiting.isEmpty() || !present.isEmpty()) {
            int joining = random.nextInt(6);
            while (!waiting.isEmpty() && present.size() < 16 && (joining-- > 0 || present.isEmpty())) {
                present.add(waiting.removeLast());
            }
            Collections.shuffle(present, random);
            company.step(present, random);
            present.removeIf(Member::isDone);
        }
        assertThat(company.largest()).isGreaterThan(8);
        for (Member member : all) {
            check(member.logits(), golden.logits(model, member.tokens(), 600), 0);
        }
    }

    @Test
    void ofForksThatGoDifferentWays() {
        for (int length : new int[] {1, 130, 255}) {
            SequenceState trunk = model.newState();
            golden.logits(model, trunk, first(length), 600);
            SequenceState branch = trunk.fork();
            int[] other = tokens(new Random(length), 140);
            check(golden.logits(model, trunk, Arrays.copyOfRange(ids, length, length + 140), 70), length);
            float[] branched = golden.logits(model, branch, other, 140);
            int[] fresh = Arrays.copyOf(ids, length + other.length);
            System.arraycopy(other, 0, fresh, length, other.length);
            check(branched, golden.logits(model, fresh, 600), length);
        }
    }

    private int[] first(int length) {
        return Arrays.copyOf(ids, length);
    }

    private int[] tokens(Random random, int length) {
        return random.ints(length, 0, golden.config.vocabSize()).toArray();
    }

    private void check(float[] actual, int firstPosition) {
        check(actual, whole, firstPosition);
    }

    /** Compares the logits of positions from {@code firstPosition} on with those of all positions. */
    private void check(float[] actual, float[] expected, int firstPosition) {
        int vocabulary = golden.config.vocabSize();
        Objects.checkFromIndexSize(firstPosition * vocabulary, actual.length, expected.length);
        for (int i = 0; i < actual.length; i++) {
            float other = expected[firstPosition * vocabulary + i];
            if (Float.floatToRawIntBits(actual[i]) != Float.floatToRawIntBits(other)) {
                throw new AssertionError("position " + (firstPosition + i / vocabulary) + ", token " + i % vocabulary
                        + ": " + actual[i] + " instead of " + other);
            }
        }
    }
}
