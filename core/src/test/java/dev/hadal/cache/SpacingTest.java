package dev.hadal.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SpacingTest {
    private final Spacing spacing = new Spacing(new CacheOptions(128, 512, 10, 10));

    @Test
    void doublesWhenSnapshotsHaveToGoUpToABound() {
        assertThat(spacing.tokens()).isEqualTo(128);
        spacing.evicted();
        assertThat(spacing.tokens()).isEqualTo(256);
        // One change at a time: it must first have had its effect.
        spacing.evicted();
        assertThat(spacing.tokens()).isEqualTo(256);
        insert(16);
        spacing.evicted();
        assertThat(spacing.tokens()).isEqualTo(512);
        insert(16);
        spacing.evicted();
        assertThat(spacing.tokens()).isEqualTo(512);
    }

    @Test
    void narrowsAgainWhenNoneHadToGoForAWhile() {
        spacing.evicted();
        insert(63);
        assertThat(spacing.tokens()).isEqualTo(256);
        insert(1);
        assertThat(spacing.tokens()).isEqualTo(128);
        insert(200);
        assertThat(spacing.tokens()).isEqualTo(128);
        spacing.evicted();
        assertThat(spacing.tokens()).isEqualTo(256);
    }

    @Test
    void theBoundIsReachedByDoubling() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CacheOptions(128, 384, 10, 10))
                .withMessage("the widest spacing is the spacing of 128 times a power of two, not 384");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CacheOptions(0, 384, 10, 10))
                .withMessage(
                        "a cache needs a spacing and a number of snapshots of at least 1, not 0 and 10, and remembers"
                                + " at least 0 ids, not 10");
    }

    private void insert(int snapshots) {
        for (int i = 0; i < snapshots; i++) {
            spacing.inserted();
        }
    }
}
