package dev.hadal.model.v4;

import dev.hadal.checkpoint.CheckpointException;
import dev.hadal.checkpoint.ConfigFile;
import java.util.List;
import java.util.Set;

/** Takes the values out of {@code config.json}, with the ranges and relations that the model needs. */
final class V4ConfigReader {
    /** Written by training tools; says nothing about what is computed here. */
    private static final Set<String> HARMLESS = Set.of(
            "architectures",
            "attention_dropout",
            "auto_map",
            "dtype",
            "initializer_range",
            "pad_token_id",
            "torch_dtype",
            "transformers_version",
            "use_cache");

    private static final int MAX_LAYERS = 1024;
    private static final int MAX_HEADS = 4096;
    private static final int MAX_HEAD_DIM = 8192;
    private static final int MAX_WIDTH = 1 << 18;
    private static final int MAX_EXPERTS = 1 << 14;
    private static final int MAX_VOCAB = 1 << 22;
    private static final int MAX_POSITIONS = 1 << 24;
    private static final int MAX_DRAFT_LAYERS = 8;
    private static final int FP8_GROUP = 64;
    private static final int FP4_GROUP = 32;

    private final ConfigFile file;

    V4ConfigReader(ConfigFile file) {
        this.file = file;
    }

    V4Config read() {
        requireImplemented();
        V4Config config = take();
        requireConsistent(config);
        return config;
    }

    private V4Config take() {
        int layers = file.integer("num_hidden_layers", 1, MAX_LAYERS);
        return new V4Config(
                file.integer("hidden_size", FP4_GROUP, MAX_WIDTH),
                layers,
                file.integer("num_attention_heads", 1, MAX_HEADS),
                file.integer("head_dim", 1, MAX_HEAD_DIM),
                file.integer("qk_rope_head_dim", 2, MAX_HEAD_DIM),
                file.integer("q_lora_rank", 1, MAX_WIDTH),
                file.integer("o_groups", 1, MAX_HEADS),
                file.integer("o_lora_rank", 1, MAX_WIDTH),
                file.integer("index_n_heads", 1, MAX_HEADS),
                file.integer("index_head_dim", FP4_GROUP, MAX_HEAD_DIM),
                file.integer("index_topk", 1, MAX_POSITIONS),
                file.integer("sliding_window", 1, MAX_POSITIONS),
                compressRatios(layers),
                file.integer("n_routed_experts", 1, MAX_EXPERTS),
                file.integer("num_experts_per_tok", 1, MAX_EXPERTS),
                file.integer("n_shared_experts", 1, 1),
                file.integer("moe_intermediate_size", FP4_GROUP, MAX_WIDTH),
                file.integer("num_hash_layers", 0, layers),
                (float) file.number("routed_scaling_factor", 1e-6, 1e6),
                (float) file.number("swiglu_limit", 1e-6, 1e6),
                file.integer("hc_mult", 4, 4),
                file.integer("hc_sinkhorn_iters", 1, 1000),
                (float) file.number("hc_eps", 0, 1e-2),
                (float) file.number("rms_norm_eps", 0, 1e-2),
                file.number("rope_theta", 1, 1e12),
                file.number("compress_rope_theta", 1, 1e12),
                ropeScaling(),
                file.integer("max_position_embeddings", 1, MAX_POSITIONS),
                file.integer("vocab_size", 1, MAX_VOCAB),
                file.has("num_nextn_predict_layers") ? file.integer("num_nextn_predict_layers", 0, 1) : 0,
                expertDtype(),
                file.integer("bos_token_id", 0, MAX_VOCAB),
                file.integer("eos_token_id", 0, MAX_VOCAB),
                file.untakenKeys().stream()
                        .filter(key -> !HARMLESS.contains(key))
                        .toList());
    }

    /** What the code does without looking at the configuration. */
    private void requireImplemented() {
        String modelType = file.text("model_type");
        if (modelType.equals("deepseek_v41")) {
            throw new CheckpointException(
                    file.origin(),
                    "model_type is deepseek_v41, and V4.1 is another architecture than V4",
                    "V4.1 is not supported; use a DeepSeek-V4 checkpoint");
        }
        file.requireValue("model_type", "\"deepseek_v4\"");
        file.requireValue("hidden_act", "\"silu\"");
        file.requireValue("scoring_func", "\"sqrtsoftplus\"");
        file.requireValue("topk_method", "\"noaux_tc\"");
        file.requireValue("norm_topk_prob", "true");
        file.requireValue("num_key_value_heads", "1");
        file.requireValue("n_shared_experts", "1");
        file.requireValue("hc_mult", "4");
        file.requireValueIfPresent("tie_word_embeddings", "false");
        file.requireValueIfPresent("attention_bias", "false");
        if (file.has("quantization_config")) {
            ConfigFile quantization = file.section("quantization_config");
            quantization.requireValueIfPresent("quant_method", "\"fp8\"");
            quantization.requireValueIfPresent("fmt", "\"e4m3\"");
            quantization.requireValueIfPresent("weight_block_size", "[128,128]");
        }
    }

    private RopeScaling ropeScaling() {
        ConfigFile scaling = file.section("rope_scaling");
        scaling.requireValue(scaling.has("rope_type") ? "rope_type" : "type", "\"yarn\"");
        return new RopeScaling(
                scaling.number("factor", 1, 1e6),
                scaling.number("beta_fast", 1e-3, 1e6),
                scaling.number("beta_slow", 1e-3, 1e6),
                scaling.integer("original_max_position_embeddings", 1, MAX_POSITIONS));
    }

    private ExpertDtype expertDtype() {
        if (!file.has("expert_dtype")) {
            return ExpertDtype.UNSTATED;
        }
        return switch (file.text("expert_dtype")) {
            case "fp4" -> ExpertDtype.FP4;
            case "fp8" -> ExpertDtype.FP8;
            default -> throw file.refused("expert_dtype", "is neither fp4 nor fp8");
        };
    }

    private List<Integer> compressRatios(int layers) {
        List<Integer> ratios = file.integers("compress_ratios", 0, 128);
        if (ratios.size() < layers || ratios.size() > layers + MAX_DRAFT_LAYERS) {
            throw file.refused(
                    "compress_ratios",
                    "has " + ratios.size() + " entries; " + layers + " layers need " + layers + " to "
                            + (layers + MAX_DRAFT_LAYERS));
        }
        for (int i = 0; i < ratios.size(); i++) {
            int ratio = ratios.get(i);
            if (ratio != 0 && ratio != 4 && ratio != 128) {
                throw file.refused("compress_ratios[" + i + "]", "is " + ratio + ", not 0, 4 or 128");
            }
            if (ratio != 0 && i >= layers) {
                throw file.refused("compress_ratios[" + i + "]", "is " + ratio + "; a draft layer must have 0");
            }
        }
        return ratios;
    }

    private void requireConsistent(V4Config config) {
        int rope = config.qkRopeHeadDim();
        requireMultiple("hidden_size", config.hiddenSize(), FP4_GROUP);
        requireMultiple("moe_intermediate_size", config.moeIntermediateSize(), FP4_GROUP);
        requireMultiple("qk_rope_head_dim", rope, 2);
        requireMultiple("index_head_dim", config.indexHeadDim(), FP4_GROUP);
        requireMultiple("num_attention_heads", config.numAttentionHeads(), config.oGroups());
        if (Integer.bitCount(config.indexHeadDim()) != 1) {
            throw file.refused("index_head_dim", "is " + config.indexHeadDim() + ", not a power of two");
        }
        if (rope >= config.headDim() || (config.headDim() - rope) % FP8_GROUP != 0) {
            throw file.refused(
                    "head_dim",
                    "is " + config.headDim() + ", not qk_rope_head_dim " + rope + " plus a multiple of " + FP8_GROUP);
        }
        if (rope > config.indexHeadDim()) {
            throw file.refused("index_head_dim", "is less than qk_rope_head_dim " + rope);
        }
        if (config.numExpertsPerTok() > config.nRoutedExperts()) {
            throw file.refused(
                    "num_experts_per_tok",
                    "is " + config.numExpertsPerTok() + ", more than n_routed_experts " + config.nRoutedExperts());
        }
        requireToken("bos_token_id", config.bosTokenId(), config);
        requireToken("eos_token_id", config.eosTokenId(), config);
    }

    private void requireMultiple(String key, int value, int factor) {
        if (value % factor != 0) {
            throw file.refused(key, "is " + value + ", not a multiple of " + factor);
        }
    }

    private void requireToken(String key, int id, V4Config config) {
        if (id >= config.vocabSize()) {
            throw file.refused(key, "is " + id + ", outside vocab_size " + config.vocabSize());
        }
    }
}
