package dev.hadal.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenCountsTest {
    @Test
    void countsLikeAMapInTheOrderOfArrival() {
        Random random = new Random(4);
        for (int spread : new int[] {1, 5, 100, 129_280, Integer.MAX_VALUE}) {
            TokenCounts counts = new TokenCounts();
            Map<Integer, Integer> expected = new LinkedHashMap<>();
            for (int round = 0; round < 3_000; round++) {
                int id = random.nextInt(spread);
                int count = random.nextInt(2);
                counts.add(id, count);
                expected.merge(id, count, Integer::sum);
            }
            Map<Integer, Integer> actual = new LinkedHashMap<>();
            for (int entry = 0; entry < counts.size(); entry++) {
                actual.put(counts.id(entry), counts.count(entry));
            }
            assertThat(actual.entrySet()).containsExactlyElementsOf(expected.entrySet());
        }
    }
}
