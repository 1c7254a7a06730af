package dev.hadal.model.v4;

import dev.hadal.checkpoint.ConfigFile;
import java.util.List;

/**
 * {@code config.json} of a DeepSeek-V4, checked (architecture.md 1). Components are the file's keys in camel case. Every
 * value is in a range in which no later size computation can overflow, and everything structural is what the program
 * implements.
 *
 * @param compressRatios 0, 4 or 128 for each layer, then zeros for draft layers
 * @param ignoredKeys keys of the file that are neither used nor known to be harmless
 */
public record V4Config(
        int hiddenSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int headDim,
        int qkRopeHeadDim,
        int qLoraRank,
        int oGroups,
        int oLoraRank,
        int indexNHeads,
        int indexHeadDim,
        int indexTopk,
        int slidingWindow,
        List<Integer> compressRatios,
        int nRoutedExperts,
        int numExpertsPerTok,
        int nSharedExperts,
        int moeIntermediateSize,
        int numHashLayers,
        float routedScalingFactor,
        float swigluLimit,
        int hcMult,
        int hcSinkhornIters,
        float hcEps,
        float rmsNormEps,
        double ropeTheta,
        double compressRopeTheta,
        RopeScaling ropeScaling,
        int maxPositionEmbeddings,
        int vocabSize,
        int numNextnPredictLayers,
        ExpertDtype expertDtype,
        int bosTokenId,
        int eosTokenId,
        List<String> ignoredKeys) {

    /** Copies the lists. */
    public V4Config {
        compressRatios = List.copyOf(compressRatios);
        ignoredKeys = List.copyOf(ignoredKeys);
    }

    /**
     * Parses and checks.
     *
     * @param json the file's bytes
     * @param origin path or name, for messages
     * @throws dev.hadal.checkpoint.CheckpointException naming file and key when the model is another one or a value is
     *     missing, absurd or inconsistent
     */
    public static V4Config parse(byte[] json, String origin) {
        return new V4ConfigReader(ConfigFile.parse(json, origin)).read();
    }

    /** The kind of a layer; draft layers follow the hidden layers and are {@code SWA}. */
    public LayerKind layerKind(int layer) {
        return switch (compressRatios.get(layer)) {
            case 4 -> LayerKind.CSA;
            case 128 -> LayerKind.HCA;
            default -> LayerKind.SWA;
        };
    }

    /** Whether a layer routes by token id instead of by score (architecture.md 5). */
    public boolean isHashLayer(int layer) {
        return layer < numHashLayers;
    }

    /** Whether the file describes a draft of several layers, as the releases with DSpark do (architecture.md 12). */
    public boolean declaresDspark() {
        return compressRatios.size() > numHiddenLayers + 1;
    }
}
