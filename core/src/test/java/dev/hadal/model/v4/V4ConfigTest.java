package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.checkpoint.CheckpointException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class V4ConfigTest {
    private static final String FLASH = OfficialConfigs.json("flash");
    private static final String REMEDY = ". Use the published file";

    private static void refuses(String json, String message) {
        assertThatThrownBy(() -> OfficialConfigs.parse(json))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("config.json: " + message);
    }

    @Test
    void readsFlash() {
        V4Config config = OfficialConfigs.flash();
        assertThat(config.hiddenSize()).isEqualTo(4096);
        assertThat(config.numHiddenLayers()).isEqualTo(43);
        assertThat(config.compressRatios()).hasSize(44);
        assertThat(config.layerKind(1)).isEqualTo(LayerKind.SWA);
        assertThat(config.layerKind(2)).isEqualTo(LayerKind.CSA);
        assertThat(config.layerKind(3)).isEqualTo(LayerKind.HCA);
        assertThat(config.layerKind(43)).isEqualTo(LayerKind.SWA);
        assertThat(config.isHashLayer(2)).isTrue();
        assertThat(config.isHashLayer(3)).isFalse();
        assertThat(config.routedScalingFactor()).isEqualTo(1.5f);
        assertThat(config.swigluLimit()).isEqualTo(10f);
        assertThat(config.rmsNormEps()).isEqualTo(1e-6f);
        assertThat(config.ropeTheta()).isEqualTo(10_000);
        assertThat(config.compressRopeTheta()).isEqualTo(160_000);
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling(16, 32, 1, 65_536));
        assertThat(config.maxPositionEmbeddings()).isEqualTo(1_048_576);
        assertThat(config.expertDtype()).isEqualTo(ExpertDtype.FP4);
        assertThat(config.eosTokenId()).isEqualTo(1);
        assertThat(config.declaresDspark()).isFalse();
        assertThat(config.ignoredKeys()).isEmpty();
    }

    @Test
    void readsPro() {
        V4Config config = OfficialConfigs.pro();
        assertThat(config.hiddenSize()).isEqualTo(7168);
        assertThat(config.indexTopk()).isEqualTo(1024);
        assertThat(config.routedScalingFactor()).isEqualTo(2.5f);
        assertThat(config.layerKind(0)).isEqualTo(LayerKind.HCA);
        assertThat(config.ignoredKeys()).isEmpty();
    }

    @Test
    void acceptsTheRatiosOfADsparkRelease() {
        V4Config config = OfficialConfigs.parse(FLASH.replace(", 4, 0]", ", 4, 0, 0, 0]"));
        assertThat(config.compressRatios()).hasSize(46);
        assertThat(config.declaresDspark()).isTrue();
    }

    @Test
    void acceptsAnAbsentExpertDtype() {
        assertThat(OfficialConfigs.parse(OfficialConfigs.without(FLASH, "expert_dtype"))
                        .expertDtype())
                .isEqualTo(ExpertDtype.UNSTATED);
        assertThat(OfficialConfigs.parse(OfficialConfigs.with(FLASH, "expert_dtype", "\"fp8\""))
                        .expertDtype())
                .isEqualTo(ExpertDtype.FP8);
    }

    @Test
    void showsKeysThatItIgnores() {
        String json = FLASH.replace("\"use_cache\"", "\"dspark_block\": 5, \"vision\": {}, \"use_cache\"");
        assertThat(OfficialConfigs.parse(json).ignoredKeys()).containsExactly("dspark_block", "vision");
    }

    @Test
    void saysThatTheSuccessorIsAnotherArchitecture() {
        refuses(
                OfficialConfigs.with(FLASH, "model_type", "\"deepseek_v41\""),
                "model_type is deepseek_v41, and V4.1 is another architecture than V4."
                        + " V4.1 is not supported; use a DeepSeek-V4 checkpoint");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model_type|\"llama\"|\"deepseek_v4\"",
                "hidden_act|\"gelu\"|\"silu\"",
                "scoring_func|\"sigmoid\"|\"sqrtsoftplus\"",
                "topk_method|\"greedy\"|\"noaux_tc\"",
                "norm_topk_prob|false|true",
                "num_key_value_heads|8|1",
                "n_shared_experts|2|1",
                "hc_mult|2|4",
                "tie_word_embeddings|true|false",
                "attention_bias|true|false",
            },
            quoteCharacter = '`')
    void refusesAnotherStructure(String key, String value, String implemented) {
        refuses(
                OfficialConfigs.with(FLASH, key, value),
                key + " is " + value + "; only " + implemented
                        + " is implemented. This is not a DeepSeek-V4 that this program can run");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fmt|\"e5m2\"|quantization_config.fmt is \"e5m2\"; only \"e4m3\" is implemented",
                "quant_method|\"awq\"|quantization_config.quant_method is \"awq\"; only \"fp8\" is implemented",
                "weight_block_size|[32, 32]|quantization_config.weight_block_size is [32,32]; only [128,128] is implemented",
                "type|\"linear\"|rope_scaling.type is \"linear\"; only \"yarn\" is implemented",
            },
            quoteCharacter = '`')
    void refusesAnotherStructureInASection(String key, String value, String message) {
        refuses(
                OfficialConfigs.with(FLASH, key, value),
                message + ". This is not a DeepSeek-V4 that this program can run");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model_type",
                "hidden_size",
                "num_hidden_layers",
                "compress_ratios",
                "rope_scaling",
                "swiglu_limit",
                "vocab_size",
                "eos_token_id"
            })
    void refusesAMissingKey(String key) {
        refuses(OfficialConfigs.without(FLASH, key), key + " is missing" + REMEDY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hidden_size|-4096|is -4096, not a whole number from 32 to 262144",
                "hidden_size|4096.5|is 4096.5, not a whole number from 32 to 262144",
                "hidden_size|\"4096\"|is \"4096\", not a whole number from 32 to 262144",
                "hidden_size|4294971392|is 4294971392, not a whole number from 32 to 262144",
                "hidden_size|4097|is 4097, not a multiple of 32",
                "vocab_size|0|is 0, not a whole number from 1 to 4194304",
                "num_hidden_layers|1000000000|is 1000000000, not a whole number from 1 to 1024",
                "n_routed_experts|2147483647|is 2147483647, not a whole number from 1 to 16384",
                "num_experts_per_tok|257|is 257, more than n_routed_experts 256",
                "num_hash_layers|44|is 44, not a whole number from 0 to 43",
                "head_dim|500|is 500, not qk_rope_head_dim 64 plus a multiple of 64",
                "head_dim|64|is 64, not qk_rope_head_dim 64 plus a multiple of 64",
                "qk_rope_head_dim|63|is 63, not a multiple of 2",
                "index_head_dim|96|is 96, not a power of two",
                "index_head_dim|32|is less than qk_rope_head_dim 64",
                "num_attention_heads|60|is 60, not a multiple of 8",
                "sliding_window|0|is 0, not a whole number from 1 to 16777216",
                "swiglu_limit|0|is 0, not a number from 1.0E-6 to 1000000.0",
                "routed_scaling_factor|1e999|is \"Infinity\", not a number from 1.0E-6 to 1000000.0",
                "rms_norm_eps|-1e-6|is -1.0E-6, not a number from 0.0 to 0.01",
                "rope_theta|\"big\"|is \"big\", not a number from 1.0 to 1.0E12",
                "bos_token_id|129280|is 129280, outside vocab_size 129280",
                "num_nextn_predict_layers|2|is 2, not a whole number from 0 to 1",
                "expert_dtype|\"int4\"|is neither fp4 nor fp8",
                "expert_dtype|4|is 4, not text",
                "compress_ratios|7|is 7, not a list",
                "compress_ratios|[0, 4]|has 2 entries; 43 layers need 43 to 51",
            },
            quoteCharacter = '`')
    void refusesAnAbsurdValue(String key, String value, String problem) {
        refuses(OfficialConfigs.with(FLASH, key, value), key + " " + problem + REMEDY);
    }

    @Test
    void refusesRatiosThatAreNoLayerKind() {
        refuses(FLASH.replace("[0, 0, 4, 128", "[0, 0, 4, 64"), "compress_ratios[3] is 64, not 0, 4 or 128" + REMEDY);
        refuses(
                FLASH.replace("[0, 0, 4, 128", "[0, 0, 4, 129"),
                "compress_ratios[3] is 129, not a whole number from 0 to 128" + REMEDY);
        refuses(FLASH.replace(", 4, 0]", ", 4, 4]"), "compress_ratios[43] is 4; a draft layer must have 0" + REMEDY);
    }

    @Test
    void refusesWhatIsNotAJsonObject() {
        refuses("[]", "is not a JSON object" + REMEDY);
        refuses("", "is not a JSON object" + REMEDY);
        for (String json :
                new String[] {"{", "{\"a\":1,\"a\":2}", "[".repeat(100_000), "{\"a\":1" + "0".repeat(100) + "}"}) {
            assertThatThrownBy(() -> OfficialConfigs.parse(json))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageStartingWith("config.json: cannot be parsed")
                    .hasMessageEndingWith(REMEDY);
        }
    }
}
