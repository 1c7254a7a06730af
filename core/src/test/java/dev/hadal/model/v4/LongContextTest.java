package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Rows;
import dev.hadal.kernel.StateKernels;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.StateMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Near the end of a context of a million tokens, from a state with made-up contents. */
@ParameterizedClass
@ValueSource(strings = {"flash", "pro"})
class LongContextTest {
    private static final StateKernels KERNELS = FastKernels.INSTANCE.state();
    private static final int CONTEXT = 1_048_576;
    private static final int START = 1_048_000;
    /** Pages that are really different; the lists repeat them to save memory. */
    private static final int PAGES = 13;

    private final Golden golden;
    private final V4Config config;
    private final int[] ids;
    private final DeepSeekV4 model;
    private final StateFormats formats;
    private final PagePool pool = new PagePool(new StateMemory());

    LongContextTest(String name) {
        golden = Golden.open(name);
        config = golden.config;
        ids = golden.ids();
        model = golden.model(NumericsMode.QAT, FastKernels.INSTANCE, 2);
        formats = StateFormats.of(config, NumericsMode.QAT);
    }

    @AfterEach
    void close() {
        model.close();
        golden.close();
    }

    @Test
    void chunksAndSingleTokensAgree() {
        V4State seeded = seeded(START);
        assertThat(seeded.bytes()).isEqualTo(model.stateBytes(START));
        int[] next = Arrays.copyOf(ids, 9);
        float[] whole = golden.logits(model, seeded.fork(), next, 9);
        for (float value : whole) {
            assertThat(value).isFinite();
        }
        assertThat(golden.logits(model, seeded.fork(), next, 1)).isEqualTo(whole);
        assertThat(golden.logits(model, seeded.fork(), next, 4)).isEqualTo(whole);
    }

    @Test
    void plainAndVectorKernelsAgree() {
        V4State seeded = seeded(START + 3);
        int[] next = Arrays.copyOf(ids, 2);
        float[] vector = golden.logits(model, seeded.fork(), next, 2);
        try (DeepSeekV4 plain = golden.model(NumericsMode.QAT, KernelSelector.scalar(), 2)) {
            assertThat(golden.logits(plain, seeded.fork(), next, 2)).isEqualTo(vector);
        }
    }

    @Test
    void theLastPositionWorksAndTheNextIsRefused() {
        V4State state = seeded(CONTEXT - 2);
        assertThatThrownBy(() -> golden.logits(model, state, Arrays.copyOf(ids, 3), 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the sequence would be 1048577 tokens long, the model's context is 1048576");
        float[] last = golden.logits(model, state, Arrays.copyOf(ids, 2), 1);
        for (float value : last) {
            assertThat(value).isFinite();
        }
        assertThat(state.length()).isEqualTo(CONTEXT);
        assertThat(state.bytes()).isEqualTo(model.stateBytes(CONTEXT));
        assertThatThrownBy(() -> golden.logits(model, state, new int[] {1}, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the sequence would be 1048577 tokens long, the model's context is 1048576");
    }

    /** A state as it could be after so many positions, with values that a cache can hold. */
    private V4State seeded(int length) {
        Random random = new Random(length);
        List<LayerState> layers = new ArrayList<>();
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            layers.add(layer(config.layerKind(layer), length, random));
        }
        return V4State.of(formats, pool, layers, length);
    }

    private LayerState layer(LayerKind kind, int length, Random random) {
        LayerState state = LayerState.empty(formats, pool, kind);
        for (int position = length - config.slidingWindow(); position < length; position++) {
            Window window = state.window();
            formats.entry()
                    .write(
                            KERNELS,
                            vector(random, config.headDim()),
                            0,
                            window.toWrite(position),
                            window.row(position));
        }
        return new LayerState(
                state.window(),
                state.compressed() == null ? null : filled(state.compressed(), kind, formats.entry(), length, random),
                state.index() == null ? null : filled(state.index(), kind, formats.key(), length, random));
    }

    private LayerState.Compressed filled(
            LayerState.Compressed empty, LayerKind kind, RowFormat format, int length, Random random) {
        int width = format instanceof RowFormat.Key ? config.indexHeadDim() : config.headDim();
        List<Page> different = new ArrayList<>();
        for (int i = 0; i < PAGES; i++) {
            different.add(page(format, width, random));
        }
        int size = length / kind.ratio();
        List<Page> pages = new ArrayList<>();
        for (int from = 0; from < size; from += Entries.PAGE) {
            boolean full = from + Entries.PAGE <= size;
            pages.add(full ? different.get(random.nextInt(PAGES)) : page(format, width, random));
        }
        Rows kv = Rows.allocate(1, kind == LayerKind.CSA ? 2 * width : width);
        int unfinished = length - length % kind.ratio();
        for (int position = unfinished - kind.ratio(); position < length; position++) {
            empty.tail()
                    .put(
                            position,
                            new Rows(vector(random, kv.stride()), kv.stride()),
                            new Rows(vector(random, kv.stride()), kv.stride()),
                            0);
        }
        Entries entries = Entries.over(pool, format, pages, size);
        different.forEach(pool::drop);
        return new LayerState.Compressed(entries, empty.tail());
    }

    private Page page(RowFormat format, int width, Random random) {
        Page page = pool.take(format.bytes(Entries.PAGE));
        for (int row = 0; row < Entries.PAGE; row++) {
            format.write(KERNELS, vector(random, width), 0, page, row);
        }
        return page;
    }

    private static float[] vector(Random random, int width) {
        return Tensors.gaussian(random, width, 1f);
    }
}
