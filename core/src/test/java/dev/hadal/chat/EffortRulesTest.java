package dev.hadal.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EffortRulesTest {

    @Test
    void knowsShortAndReleaseNames() {
        assertThat(EffortRules.of("preview")).isEqualTo(EffortRules.PREVIEW);
        assertThat(EffortRules.of("v4-preview-2026-04")).isEqualTo(EffortRules.PREVIEW);
        assertThat(EffortRules.of("ga")).isEqualTo(EffortRules.GA);
        assertThat(EffortRules.of("v4-ga-2026-07-31")).isEqualTo(EffortRules.GA);
    }

    @Test
    void refusesOtherNames() {
        assertThatThrownBy(() -> EffortRules.of("v5"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "unknown effort rules \"v5\", expected preview, ga, v4-preview-2026-04 or v4-ga-2026-07-31");
    }
}
