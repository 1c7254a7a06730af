package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.kernel.EntryLayout;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.KeyLayout;
import dev.hadal.kernel.StateKernels;
import dev.hadal.model.NumericsMode;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NumericsTest {
    private static final StateKernels KERNELS = KernelSelector.scalar().state();

    private final Numerics qat = Numerics.of(NumericsMode.QAT);

    @ParameterizedTest
    @EnumSource
    void eachModeSaysWhichItIs(NumericsMode mode) {
        assertThat(Numerics.of(mode).mode()).isEqualTo(mode);
    }

    @ParameterizedTest
    @EnumSource
    void noModeRoundsActivations(RoundingPoint point) {
        float[] values = Tensors.gaussian(new Random(1), 64, 1f);
        for (NumericsMode mode : NumericsMode.values()) {
            float[] rounded = values.clone();
            Numerics.of(mode).round(point, rounded, 0, 64);
            assertThat(rounded).isEqualTo(values);
        }
    }

    @Test
    void fp32LeavesWhatIsStoredAlone() {
        float[] values = Tensors.gaussian(new Random(2), 128, 1f);
        float[] stored = values.clone();
        Numerics fp32 = Numerics.of(NumericsMode.FP32);
        fp32.turn(KERNELS, stored, 0, 128);
        fp32.index(KERNELS, stored, 0, 128);
        assertThat(stored).isEqualTo(values);
        StateFormats formats =
                new StateFormats(new RowFormat.FloatEntry(128), new RowFormat.FloatKey(128), 1, 128, 128);
        assertThat(entry(formats, values, 0)).isEqualTo(values);
        assertThat(key(formats, values)).isEqualTo(values);
    }

    /** With 448 in the group the scale is one, and e4m3 has eight steps from one power of two to the next. */
    @Test
    void tiesInAnEntryGoToTheEvenFp8Code() {
        float[] values = new float[130];
        float[] ties = {17, 19, 21, -17, -19, 1.0625f, 1.1875f, 0x1p-10f, 0x3p-10f, 432, 416.5f};
        float[] expected = {16, 20, 20, -16, -20, 1, 1.25f, 0, 0x1p-8f, 448, 416};
        values[1] = 448;
        System.arraycopy(ties, 0, values, 2, ties.length);
        stored(values, 1, 64, 128);
        assertThat(Arrays.copyOfRange(values, 2, 2 + ties.length)).containsExactly(expected);
    }

    @Test
    void eachGroupOfSixtyFourHasItsOwnScale() {
        float[] values = new float[128];
        values[0] = 448;
        values[63] = 0x1p-10f;
        values[64] = 224;
        values[65] = 0x1p-10f;
        stored(values, 0, 128, 128);
        assertThat(values[63]).as("half of the least step").isZero();
        assertThat(values[65])
                .as("the least step of a group with half the scale")
                .isEqualTo(0x1p-10f);
    }

    @Test
    void tiesInTheRotaryPartGoToTheEvenBf16Value() {
        float[] values = new float[128];
        float[] ties = {0x1.01p0f, 0x1.03p0f, -0x1.01p0f, -0x1.03p0f, 0x1.010002p0f, 0x1.02fffep0f};
        float[] expected = {1, 0x1.04p0f, -1, -0x1.04p0f, 0x1.02p0f, 0x1.02p0f};
        System.arraycopy(ties, 0, values, 64, ties.length);
        stored(values, 0, 64, 128);
        assertThat(Arrays.copyOfRange(values, 64, 64 + ties.length)).containsExactly(expected);
    }

    /** A transform of 64 values scales by an eighth, so it and its inverse are exact on small binary fractions. */
    @Test
    void tiesInAnIndexKeyGoToTheEvenFp4Code() {
        float[] rotated = new float[64];
        float[] ties = {6, 0.25f, 0.75f, 1.25f, 1.75f, 2.5f, 3.5f, 5, -0.25f, -0.75f, -1.25f, -1.75f, -2.5f, -3.5f, -5};
        float[] expected = {6, 0, 1, 1, 2, 2, 4, 4, -0f, -1, -1, -2, -2, -4, -4};
        System.arraycopy(ties, 0, rotated, 0, ties.length);
        for (int i = 0; i < ties.length; i++) {
            rotated[32 + i] = ties[i] / 4;
        }
        float[] key = rotated.clone();
        KERNELS.hadamard(key, 0, 64);
        qat.turn(KERNELS, key, 0, 64);
        float[] kept = key(
                new StateFormats(new RowFormat.FloatEntry(64), new RowFormat.Fp4Key(new KeyLayout(64)), 1, 64, 64),
                key);
        qat.index(KERNELS, key, 0, 64);
        assertThat(kept).as("a key is rounded as a query is").isEqualTo(key);
        assertThat(Arrays.copyOf(key, ties.length)).containsExactly(expected);
        for (int i = 0; i < ties.length; i++) {
            assertThat(key[32 + i]).as("second group, value %s", i).isEqualTo(expected[i] / 4);
        }
    }

    @Test
    void whatIsStoredIsStoredAgainWithoutChange() {
        float[] entry = Tensors.gaussian(new Random(3), 512, 3f);
        stored(entry, 0, 448, 512);
        float[] again = entry.clone();
        stored(again, 0, 448, 512);
        assertThat(again).isEqualTo(entry);
    }

    private static float[] entry(StateFormats formats, float[] values, int offset) {
        Page page = new Page(new byte[formats.entry().bytes(3)]);
        formats.entry().write(KERNELS, values, offset, page, 2);
        float[] read = new float[formats.entryWidth()];
        formats.entry().read(KERNELS, page, 2, read, 0);
        return read;
    }

    private static float[] key(StateFormats formats, float[] values) {
        Page page = new Page(new byte[formats.key().bytes(Entries.PAGE)]);
        formats.key().write(KERNELS, values, 0, page, 5);
        float[] panel = new float[formats.keyWidth() * Entries.PAGE];
        formats.key().read(KERNELS, page, panel);
        float[] read = new float[formats.keyWidth()];
        for (int k = 0; k < read.length; k++) {
            read[k] = panel[k * Entries.PAGE + 5];
        }
        return read;
    }

    /** Stores an entry and reads it again. */
    private static void stored(float[] values, int offset, int plain, int width) {
        RowFormat.Entry format = new RowFormat.Fp8Entry(new EntryLayout(width, plain));
        float[] read = entry(new StateFormats(format, new RowFormat.FloatKey(32), 1, width, 32), values, offset);
        System.arraycopy(read, 0, values, offset, width);
    }
}
