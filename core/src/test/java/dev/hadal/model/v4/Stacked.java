package dev.hadal.model.v4;

import dev.hadal.kernel.Compute;
import dev.hadal.model.NumericsMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Models of different heights that differ in nothing else: the golden checkpoint's layers of each kind, some times over.
 */
final class Stacked {
    /** The last layer that looks its experts up, then one of each kind with compression, and the first of them again. */
    private static final int[] STACK = {1, 2, 3, 4};

    private Stacked() {}

    /** A model of {@code 4 * times} layers with packed matrices. */
    static DeepSeekV4 model(Golden golden, int times, NumericsMode mode, Compute compute) {
        List<V4Weights.Layer> layers = new ArrayList<>();
        List<Integer> ratios = new ArrayList<>();
        for (int layer = 0; layer < times * STACK.length; layer++) {
            int original = STACK[layer % STACK.length];
            layers.add(golden.weights.layers().get(original));
            ratios.add(golden.config.layerKind(original).ratio());
        }
        String json = golden.json();
        json = OfficialConfigs.with(json, "num_hidden_layers", Integer.toString(layers.size()));
        json = OfficialConfigs.with(json, "num_nextn_predict_layers", "0");
        V4Config config = OfficialConfigs.parse(OfficialConfigs.with(json, "compress_ratios", ratios.toString()));
        V4Weights whole = golden.weights;
        V4Weights weights = new V4Weights(
                whole.embed(),
                layers,
                whole.norm(),
                whole.head(),
                whole.hcHeadFn(),
                whole.hcHeadBase(),
                whole.hcHeadScale(),
                null,
                false,
                List.of());
        return new DeepSeekV4(config, weights, compute, new DeepSeekV4.Options(mode, 64, true, () -> "stacked"));
    }
}
