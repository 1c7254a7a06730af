package dev.hadal.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenMaskTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 127, 128, 200})
    void isASetOfIds(int size) {
        Random random = new Random(size);
        TokenMask mask = new TokenMask(size);
        BitSet expected = new BitSet();
        for (int round = 0; round < 300 && size > 0; round++) {
            int id = random.nextInt(size);
            if (random.nextInt(3) == 0) {
                mask.remove(id);
                expected.clear(id);
            } else {
                mask.add(id);
                expected.set(id);
            }
            check(mask, expected);
        }
        mask.addAll();
        expected.set(0, size);
        check(mask, expected);
        assertThat(mask).isEqualTo(TokenMask.all(size)).hasSameHashCodeAs(TokenMask.all(size));
        mask.clear();
        check(mask, new BitSet());
    }

    @Test
    void joinsAndIntersects() {
        TokenMask evens = new TokenMask(100);
        TokenMask threes = new TokenMask(100);
        IntStream.range(0, 100).filter(id -> id % 2 == 0).forEach(evens::add);
        IntStream.range(0, 100).filter(id -> id % 3 == 0).forEach(threes::add);
        TokenMask both = new TokenMask(100);
        both.addAll(evens);
        both.retainAll(threes);
        assertThat(both.count()).isEqualTo(17);
        both.addAll(threes);
        assertThat(both).isEqualTo(threes).isNotEqualTo(evens).hasToString("34 of 100 ids");
    }

    @Test
    void hasNoRoomBeyondItsSize() {
        TokenMask mask = new TokenMask(70);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> mask.add(70));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> mask.remove(-1));
        assertThat(mask.contains(70)).isFalse();
        assertThat(mask.contains(-1)).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mask.addAll(new TokenMask(71)))
                .withMessage("masks of 70 and 71 ids cannot be combined");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TokenMask(-1))
                .withMessage("a mask has room for at least 0 ids, not -1");
    }

    @Test
    void selectsValuesWhateverItsSize() {
        Random random = new Random(2);
        float[] values = new float[300];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        for (int length : new int[] {0, 1, 64, 130, 290}) {
            for (int size : new int[] {0, 10, 64, 129, 300}) {
                TokenMask mask = TokenMask.all(size);
                for (int id = 0; id < size; id++) {
                    if (id % 128 > 63 && random.nextBoolean()) {
                        mask.remove(id);
                    }
                }
                float[] target = new float[length];
                mask.select(values, 7, length, target);
                for (int id = 0; id < length; id++) {
                    assertThat(target[id]).isEqualTo(mask.contains(id) ? values[7 + id] : Float.NEGATIVE_INFINITY);
                }
            }
        }
    }

    private static void check(TokenMask mask, BitSet expected) {
        assertThat(IntStream.range(-1, mask.size() + 2).filter(mask::contains))
                .containsExactlyElementsOf(expected.stream().boxed().toList());
        assertThat(mask.count()).isEqualTo(expected.cardinality());
    }
}
