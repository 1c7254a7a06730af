package dev.hadal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopTextsTest {
    @Test
    void cutsWhereTheFirstStopTextBeginsHoweverTheTextArrives() {
        Random random = new Random(3);
        for (int round = 0; round < 2000; round++) {
            List<String> stops =
                    List.of(letters(random, 1 + random.nextInt(4)), letters(random, 1 + random.nextInt(4)));
            String text = letters(random, random.nextInt(12));
            int first = stops.stream()
                    .mapToInt(text::indexOf)
                    .filter(at -> at >= 0)
                    .min()
                    .orElse(-1);
            StopTexts stop = new StopTexts(stops);
            StringBuilder shown = new StringBuilder();
            int at = 0;
            while (at < text.length()) {
                int to = Math.min(text.length(), at + 1 + random.nextInt(3));
                stop.accept(text.substring(at, to)).ifPresent(shown::append);
                at = to;
            }
            stop.finish().ifPresent(shown::append);
            assertThat(stop.found()).isEqualTo(first >= 0);
            // A longer text may begin before the first that is complete, and both are cut by what was seen by then.
            assertThat(text).startsWith(shown.toString());
            assertThat(stops).noneMatch(shown.toString()::contains);
            if (first < 0) {
                assertThat(shown).hasToString(text);
            } else {
                assertThat(stops).anyMatch(text.substring(shown.length())::startsWith);
            }
        }
    }

    private static String letters(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(2)));
        }
        return text.toString();
    }

    @Test
    void withoutStopTextsNothingIsHeldBack() {
        StopTexts stop = new StopTexts(List.of());
        assertThat(stop.accept("all")).contains("all");
        assertThat(stop.finish()).isEmpty();
    }
}
