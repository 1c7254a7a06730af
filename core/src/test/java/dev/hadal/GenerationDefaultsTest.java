package dev.hadal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.checkpoint.CheckpointException;
import dev.hadal.checkpoint.MemoryFiles;
import dev.hadal.sample.SamplingParams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerationDefaultsTest {
    private static SamplingParams sampling(String json) {
        return GenerationDefaults.of(new MemoryFiles().with("generation_config.json", json))
                .sampling();
    }

    @Test
    void withoutTheFileTheReleasesValuesCount() {
        assertThat(GenerationDefaults.of(new MemoryFiles()).sampling()).isEqualTo(new SamplingParams(1f, 1f, 0, 0f, 0));
        assertThat(sampling("{}")).isEqualTo(new SamplingParams(1f, 1f, 0, 0f, 0));
    }

    @Test
    void readsEveryKey() {
        String json = "{\"do_sample\": true, \"temperature\": 0.6, \"top_p\": 0.95, \"top_k\": 40, \"min_p\": 0.05,"
                + " \"bos_token_id\": 0}";
        assertThat(sampling(json)).isEqualTo(new SamplingParams(0.6f, 0.95f, 40, 0.05f, 0));
    }

    @Test
    void withoutSamplingItIsGreedyWhateverElseIsSaid() {
        assertThat(sampling("{\"do_sample\": false, \"temperature\": 0.6, \"top_k\": 40}"))
                .isEqualTo(SamplingParams.greedy());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"do_sample": 1}       | do_sample is 1, neither true nor false
                    {"temperature": 2.5}   | temperature is 2.5, not a number from 0.0 to 2.0
                    {"temperature": "hot"} | temperature is "hot", not a number from 0.0 to 2.0
                    {"top_p": -0.1}        | top_p is -0.1, not a number from 0.0 to 1.0
                    {"top_k": -1}          | top_k is -1, not a whole number from 0 to 2147483647
                    {"top_k": 1.5}         | top_k is 1.5, not a whole number from 0 to 2147483647
                    {"min_p": [0]}         | min_p is [0], not a number from 0.0 to 1.0
                    """, quoteCharacter = '`')
    void refusesValuesThatMakeNoSense(String json, String problem) {
        assertThatThrownBy(() -> sampling(json))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("memory: generation_config.json: " + problem + ". Use the published file");
    }
}
