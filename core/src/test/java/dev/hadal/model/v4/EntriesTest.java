package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntriesTest {
    private static final int WIDTH = 3;

    @Test
    void givesBackWhatWasAppended() {
        Entries entries = new Entries(WIDTH);
        append(entries, 0, 300);
        assertThat(entries.size()).isEqualTo(300);
        check(entries, 0, 300);
        assertThat(entries.page(2).data()[entries.page(2).at(5, 1)]).isEqualTo(value(2 * Entries.PAGE + 5, 1));
    }

    @Test
    void takesTheMemoryThatWasForetold() {
        Entries entries = new Entries(WIDTH);
        for (int size = 0; size <= 200; size++) {
            assertThat(entries.bytes()).isEqualTo(Entries.bytes(size, WIDTH));
            assertThat(entries.bytes()).isEqualTo((size + 63) / 64 * 64L * WIDTH * 4);
            append(entries, size, size + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 128, 130})
    void aForkGrowsOnItsOwn(int size) {
        Entries original = new Entries(WIDTH);
        append(original, 0, size);
        Entries fork = original.fork();
        append(fork, 1000, 1100);
        append(original, 2000, 2100);
        check(original, 0, size);
        check(fork, 0, size);
        float[] vector = new float[WIDTH];
        for (int i = 0; i < 100; i++) {
            original.read(size + i, vector, 0);
            assertThat(vector[0]).isEqualTo(value(2000 + i, 0));
            fork.read(size + i, vector, 0);
            assertThat(vector[0]).isEqualTo(value(1000 + i, 0));
        }
    }

    @Test
    void aForkSharesFullPages() {
        Entries original = new Entries(WIDTH);
        append(original, 0, 130);
        Entries fork = original.fork();
        assertThat(fork.page(0)).isSameAs(original.page(0));
        assertThat(fork.page(1)).isSameAs(original.page(1));
        assertThat(fork.page(2)).isNotSameAs(original.page(2));
    }

    private static void append(Entries entries, int from, int to) {
        for (int i = from; i < to; i++) {
            entries.append(new float[] {-1, value(i, 0), value(i, 1), value(i, 2)}, 1);
        }
    }

    private static void check(Entries entries, int from, int to) {
        float[] vector = new float[WIDTH + 2];
        for (int i = from; i < to; i++) {
            entries.read(i, vector, 2);
            assertThat(vector).containsExactly(0, 0, value(i, 0), value(i, 1), value(i, 2));
        }
    }

    private static float value(int index, int channel) {
        return index * 10f + channel;
    }
}
