package dev.hadal.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class PenaltiesTest {
    @Test
    void noneChangesNothing() {
        assertThat(Penalties.none()).isEqualTo(new Penalties(0, 0, 1));
        assertThat(Penalties.none().isNone()).isTrue();
        assertThat(new Penalties(0.1f, 0, 1).isNone()).isFalse();
        assertThat(new Penalties(0, -0.1f, 1).isNone()).isFalse();
        assertThat(new Penalties(0, 0, 1.1f).isNone()).isFalse();
    }

    @Test
    void acceptsTheEndsOfEveryRange() {
        assertThat(new Penalties(2, 2, 10).repetition()).isEqualTo(10);
        assertThat(new Penalties(-2, -2, 0.1f).repetition()).isEqualTo(0.1f);
    }

    @Test
    void namesTheValueThatIsOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Penalties(2.5f, 0, 1))
                .withMessage("frequency penalty must be from -2 to 2, but is 2.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Penalties(0, Float.NaN, 1))
                .withMessage("presence penalty must be from -2 to 2, but is NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Penalties(0, 0, 0))
                .withMessage("repetition penalty must be from 0.1 to 10, but is 0.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Penalties(0, 0, Float.POSITIVE_INFINITY))
                .withMessage("repetition penalty must be from 0.1 to 10, but is Infinity");
    }
}
