package dev.hadal.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DescendingTest {
    private record Entry(int id, float logit) {}

    private final Descending descending = new Descending();

    @Test
    void ordersEveryKindOfFiniteLogit() {
        float[] logits = {
            0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MAX_VALUE, -Float.MAX_VALUE, 1, -1, 1, -1, 0f
        };
        assertThat(drain(logits).stream().map(Entry::id)).containsExactly(4, 6, 8, 2, 0, 1, 10, 3, 7, 9, 5);
        assertThat(drain(logits).stream().map(Entry::logit))
                .containsExactly(
                        Float.MAX_VALUE,
                        1f,
                        1f,
                        Float.MIN_VALUE,
                        0f,
                        0f,
                        0f,
                        -Float.MIN_VALUE,
                        -1f,
                        -1f,
                        -Float.MAX_VALUE);
    }

    @Test
    void agreesWithASort() {
        Random random = new Random(3);
        for (int length = 0; length < 70; length++) {
            float[] logits = new float[length];
            List<Entry> expected = new ArrayList<>();
            for (int id = 0; id < length; id++) {
                logits[id] = random.nextInt(-20, 20) / 4f + 0f;
                expected.add(new Entry(id, logits[id]));
            }
            expected.sort(Comparator.comparingDouble(Entry::logit).reversed().thenComparingInt(Entry::id));
            assertThat(drain(logits)).isEqualTo(expected);
        }
    }

    @Test
    void findsTheFirstFewOfARow() {
        Random random = new Random(8);
        for (int round = 0; round < 200; round++) {
            float[] logits = new float[2 + random.nextInt(30)];
            List<Entry> expected = new ArrayList<>();
            for (int i = 0; i < logits.length; i++) {
                logits[i] = random.nextInt(5) == 0 ? Float.NEGATIVE_INFINITY : random.nextInt(-4, 4) / 2f;
                if (i >= 2 && logits[i] > Float.NEGATIVE_INFINITY) {
                    expected.add(new Entry(i - 2, logits[i]));
                }
            }
            expected.sort(Comparator.comparingDouble(Entry::logit).reversed().thenComparingInt(Entry::id));
            int most = random.nextInt(12);
            descending.first(most, logits, 2, logits.length - 2);
            assertThat(entries()).isEqualTo(expected.subList(0, Math.min(most, expected.size())));
        }
    }

    private List<Entry> drain(float[] logits) {
        descending.clear();
        for (int id = 0; id < logits.length; id++) {
            descending.add(logits[id], id);
        }
        descending.order();
        return entries();
    }

    private List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (int place = 0; place < descending.size(); place++) {
            entries.add(new Entry(descending.id(place), descending.logit(place)));
        }
        return entries;
    }
}
