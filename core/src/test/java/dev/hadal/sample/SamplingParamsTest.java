package dev.hadal.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SamplingParamsTest {
    private final SamplingParams params = new SamplingParams(0.5f, 0.9f, 40, 0.05f, 7);

    @Test
    void greedyKeepsAllTokensAtTemperatureZero() {
        assertThat(SamplingParams.greedy()).isEqualTo(new SamplingParams(0, 1, 0, 0, 0));
        assertThat(SamplingParams.greedy().isGreedy()).isTrue();
        assertThat(params.isGreedy()).isFalse();
    }

    @Test
    void replacesOneValueAtATime() {
        assertThat(params.withTemperature(1)).isEqualTo(new SamplingParams(1, 0.9f, 40, 0.05f, 7));
        assertThat(params.withTopP(1)).isEqualTo(new SamplingParams(0.5f, 1, 40, 0.05f, 7));
        assertThat(params.withTopK(1)).isEqualTo(new SamplingParams(0.5f, 0.9f, 1, 0.05f, 7));
        assertThat(params.withMinP(1)).isEqualTo(new SamplingParams(0.5f, 0.9f, 40, 1, 7));
        assertThat(params.withSeed(-1)).isEqualTo(new SamplingParams(0.5f, 0.9f, 40, 0.05f, -1));
    }

    @Test
    void acceptsTheEndsOfEveryRange() {
        assertThat(new SamplingParams(2, 1, Integer.MAX_VALUE, 1, Long.MAX_VALUE).topK())
                .isEqualTo(Integer.MAX_VALUE);
        assertThat(new SamplingParams(0, 0, 0, 0, Long.MIN_VALUE).topP()).isZero();
    }

    @Test
    void namesTheValueThatIsOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> params.withTemperature(2.5f))
                .withMessage("temperature must be from 0 to 2, but is 2.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> params.withTemperature(Float.NaN))
                .withMessage("temperature must be from 0 to 2, but is NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> params.withTopP(-0.5f))
                .withMessage("top-p must be from 0 to 1, but is -0.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> params.withMinP(Float.POSITIVE_INFINITY))
                .withMessage("min-p must be from 0 to 1, but is Infinity");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> params.withTopK(-1))
                .withMessage("top-k must be at least 0 (0 keeps all tokens), but is -1");
    }
}
