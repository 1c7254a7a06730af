package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoutesTest {
    private static final int[] CHOICES = {0, 3, 2, 3, 0, 2};

    private final V4Config config = new TinyModel()
            .set("n_routed_experts", "5")
            .set("num_experts_per_tok", "2")
            .config();

    @Test
    void expertsHaveTheirRowsSideBySideAndAllRowsGoToTheSharedOne() {
        Routes routes = new Routes(config, 4, 1);
        System.arraycopy(CHOICES, 0, routes.experts, 0, CHOICES.length);
        for (int i = 0; i < CHOICES.length; i++) {
            routes.weights[i] = i + 2;
        }
        // Twice, since the memory is used again and again.
        routes.arrange(2);
        routes.arrange(3);
        assertThat(routes.firstSlot).containsExactly(0, 2, 2, 4, 6, 6, 9);
        assertThat(routes.slotRows).startsWith(0, 2, 1, 2, 0, 1, 0, 1, 2);
        assertThat(routes.slotWeights).startsWith(2f, 6f, 4f, 7f, 3f, 5f, 1f, 1f, 1f);
        assertThat(routes.slots).startsWith(0, 4, 6, 2, 5, 7, 1, 3, 8);
        assertThat(routes.activeCount).isEqualTo(4);
        assertThat(routes.active).startsWith(5, 0, 2, 3);
        assertThat(routes.count(3)).isEqualTo(2);
    }
}
