package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.StateKernels;
import dev.hadal.model.StateMemory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntriesTest {
    private static final StateKernels KERNELS = KernelSelector.scalar().state();
    private static final int WIDTH = 3;
    private static final int PAGE_BYTES = Entries.PAGE * WIDTH * Float.BYTES;
    /** More vectors than a chunk of pages holds. */
    private static final int MANY = 256 * Entries.PAGE + 70;

    private final StateMemory memory = new StateMemory();
    private final PagePool pool = new PagePool(memory);
    private final RowFormat.Entry format = new RowFormat.FloatEntry(WIDTH);
    private final Entries original = new Entries(pool, format);

    @Test
    void givesBackWhatWasAppended() {
        append(original, 0, MANY);
        assertThat(original.size()).isEqualTo(MANY);
        check(original, 0, MANY);
    }

    @Test
    void takesTheMemoryThatWasForetold() {
        for (int size = 0; size <= 200; size++) {
            assertThat(original.bytes()).isEqualTo(Entries.bytes(format, size));
            assertThat(original.bytes()).isEqualTo((size + 31) / 32 * 32L * WIDTH * 4);
            assertThat(memory.usedBytes()).isEqualTo(original.bytes());
            append(original, size, size + 1);
        }
        original.drop();
        assertThat(memory.usedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, 32, 33, 64, 66, MANY})
    void aForkGrowsOnItsOwn(int size) {
        append(original, 0, size);
        Entries fork = original.fork();
        append(fork, 100_000, 100_100);
        append(original, 200_000, 200_100);
        check(original, 0, size);
        check(fork, 0, size);
        for (int i = 0; i < 100; i++) {
            assertThat(read(original, size + i)[0]).isEqualTo(value(200_000 + i, 0));
            assertThat(read(fork, size + i)[0]).isEqualTo(value(100_000 + i, 0));
        }
        original.drop();
        check(fork, 0, size);
        assertThat(memory.usedBytes()).isEqualTo(fork.bytes());
        fork.drop();
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void aForkCopiesNothingButThePageItWritesTo() {
        append(original, 0, MANY);
        long before = memory.usedBytes();
        Entries fork = original.fork();
        assertThat(memory.usedBytes()).isEqualTo(before);
        append(fork, 0, 1);
        assertThat(memory.usedBytes()).isEqualTo(before + PAGE_BYTES);
        int last = MANY / Entries.PAGE;
        assertThat(fork.page(0)).isSameAs(original.page(0));
        assertThat(fork.page(last - 1)).isSameAs(original.page(last - 1));
        assertThat(fork.page(last)).isNotSameAs(original.page(last));
        append(original, 0, 1);
        assertThat(memory.usedBytes()).as("the last owner writes in place").isEqualTo(before + PAGE_BYTES);
    }

    @Test
    void aListCanBeMadeOverPagesOfOthers() {
        Page page = pool.take(PAGE_BYTES);
        Entries list = Entries.over(pool, format, List.of(page, page), 40);
        pool.drop(page);
        append(list, 0, 1);
        assertThat(read(list, 40)[0]).isEqualTo(value(0, 0));
        assertThat(read(list, 8)[0]).as("the page was there twice").isZero();
        list.drop();
        assertThat(memory.usedBytes()).isZero();
    }

    private void append(Entries entries, int from, int to) {
        int size = entries.size();
        entries.grow(to - from);
        for (int i = from; i < to; i++, size++) {
            float[] vector = {-1, value(i, 0), value(i, 1), value(i, 2)};
            format.write(KERNELS, vector, 1, entries.page(size / Entries.PAGE), size % Entries.PAGE);
        }
    }

    private float[] read(Entries entries, int index) {
        float[] vector = new float[WIDTH + 2];
        format.read(KERNELS, entries.page(index / Entries.PAGE), index % Entries.PAGE, vector, 2);
        return java.util.Arrays.copyOfRange(vector, 2, WIDTH + 2);
    }

    private void check(Entries entries, int from, int to) {
        for (int i = from; i < to; i++) {
            assertThat(read(entries, i)).containsExactly(value(i, 0), value(i, 1), value(i, 2));
        }
    }

    private static float value(int index, int i) {
        return 10 * index + i;
    }
}
