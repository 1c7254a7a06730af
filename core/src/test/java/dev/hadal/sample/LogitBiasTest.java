package dev.hadal.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogitBiasTest {
    @Test
    void keepsACopy() {
        Map<Integer, Float> values = new HashMap<>(Map.of(3, 1f));
        LogitBias bias = new LogitBias(values);
        values.put(4, 1f);
        assertThat(bias.values()).containsExactly(Map.entry(3, 1f));
    }

    @Test
    void acceptsAsManyEntriesAsAllowedAndNoMore() {
        Map<Integer, Float> values = new HashMap<>();
        for (int id = 0; id < LogitBias.MAX_ENTRIES; id++) {
            values.put(id, id % 2 == 0 ? 100f : -100f);
        }
        assertThat(new LogitBias(values).values()).hasSize(1024);
        values.put(5000, 0f);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LogitBias(values))
                .withMessage("logit bias must have at most 1024 entries, but has 1025");
    }

    @Test
    void namesTheEntryThatIsOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LogitBias(Map.of(1, 0f, -7, 1f)))
                .withMessage("logit bias must name token ids of at least 0, but names -7");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LogitBias(Map.of(1, 0f, 9, -100.5f)))
                .withMessage("logit bias must be from -100 to 100, but is -100.5 for token 9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LogitBias(Map.of(8, Float.NaN)))
                .withMessage("logit bias must be from -100 to 100, but is NaN for token 8");
    }
}
