package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.model.NumericsMode;
import dev.hadal.model.SequenceState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateDrawTest {
    private static final int[] IDS = {3, 141, 59, 26, 5, 358, 97, 93};

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 127, 128, 131, 1000})
    void hasTheSizeOfAComputedState(int length) {
        try (Golden golden = Golden.open("flash");
                DeepSeekV4 model = golden.model(NumericsMode.QAT)) {
            SequenceState state = model.syntheticState(length, 1);
            assertThat(state.length()).isEqualTo(length);
            assertThat(state.bytes()).isEqualTo(model.stateBytes(length));
        }
    }

    @Test
    void aSequenceContinuesFromIt() {
        try (Golden golden = Golden.open("flash");
                DeepSeekV4 model = golden.model(NumericsMode.QAT)) {
            SequenceState state = model.syntheticState(1021, 1);
            float[] logits = golden.logits(model, state.fork(), IDS, 8);
            for (float logit : logits) {
                assertThat(Math.abs(logit)).isLessThan(100f);
            }
            assertThat(golden.logits(model, state, IDS, 1)).isEqualTo(logits);
            assertThat(golden.logits(model, model.syntheticState(1021, 1), IDS, 8))
                    .isEqualTo(logits);
            assertThat(golden.logits(model, model.syntheticState(1021, 2), IDS, 8))
                    .isNotEqualTo(logits);
        }
    }

    @Test
    void refusesMoreThanTheContext() {
        try (Golden golden = Golden.open("flash");
                DeepSeekV4 model = golden.model(NumericsMode.QAT)) {
            assertThatThrownBy(() -> model.syntheticState(1_048_577, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a sequence has 0 to 1048576 positions, not 1048577");
        }
    }
}
