package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Rows;
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
    private static final int CONTEXT = 1_048_576;
    private static final int START = 1_048_000;
    /** Pages that are really different; the lists repeat them to save memory. */
    private static final int PAGES = 13;

    private final Golden golden;
    private final V4Config config;
    private final int[] ids;
    private final DeepSeekV4 model;

    LongContextTest(String name) {
        golden = Golden.open(name);
        config = golden.config;
        ids = golden.ids();
        model = golden.model(NumericsMode.QAT, FastKernels.INSTANCE, 2);
    }

    @AfterEach
    void close() {
        model.close();
        golden.close();
    }

    @Test
    void chunksAndSingleTokensAgree() {
        V4State seeded = seeded(START);
        assertThat(seeded.bytes()).isEqualTo(V4State.bytes(config, START));
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
        assertThat(state.bytes()).isEqualTo(V4State.bytes(config, CONTEXT));
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
        return V4State.of(config, new StateMemory(), layers, length);
    }

    private LayerState layer(LayerKind kind, int length, Random random) {
        int dim = config.headDim();
        Rows window = new Rows(Tensors.gaussian(random, config.slidingWindow() * dim, 1f), dim);
        for (int slot = 0; slot < config.slidingWindow(); slot++) {
            roundEntry(window, slot);
        }
        return switch (kind) {
            case SWA -> new LayerState(window.data(), null, null);
            case HCA -> new LayerState(window.data(), compressed(kind, dim, length, random), null);
            case CSA ->
                new LayerState(
                        window.data(),
                        compressed(kind, dim, length, random),
                        compressed(kind, config.indexHeadDim(), length, random));
        };
    }

    private LayerState.Compressed compressed(LayerKind kind, int width, int length, Random random) {
        List<Rows> different = new ArrayList<>();
        for (int i = 0; i < PAGES; i++) {
            different.add(page(kind, width, random));
        }
        int size = length / kind.ratio();
        List<Rows> pages = new ArrayList<>();
        for (int from = 0; from < size; from += Entries.PAGE) {
            boolean full = from + Entries.PAGE <= size;
            pages.add(full ? different.get(random.nextInt(PAGES)) : page(kind, width, random));
        }
        int tail = LayerState.Compressed.empty(kind, width).kv().length;
        return new LayerState.Compressed(
                new Entries(width, pages, size),
                Tensors.gaussian(random, tail, 1f),
                Tensors.gaussian(random, tail, 1f));
    }

    private Rows page(LayerKind kind, int width, Random random) {
        Rows page = new Rows(Tensors.gaussian(random, Entries.PAGE * width, 1f), width);
        for (int row = 0; row < Entries.PAGE; row++) {
            if (kind == LayerKind.CSA && width == config.indexHeadDim() && width != config.headDim()) {
                Numerics.of(NumericsMode.QAT).index(page.data(), page.at(row), width);
            } else {
                roundEntry(page, row);
            }
        }
        return page;
    }

    private void roundEntry(Rows rows, int row) {
        int plain = rows.stride() - config.qkRopeHeadDim();
        Numerics.of(NumericsMode.QAT).entry(rows.data(), rows.at(row), plain, rows.stride());
    }
}
