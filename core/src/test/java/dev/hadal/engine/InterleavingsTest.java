package dev.hadal.engine;

import org.junit.jupiter.api.Test;

class InterleavingsTest {
    private static final int LIVES = 600;

    @Test
    void whateverHappensEachGenerationGivesWhatItGivesAlone() {
        long first = System.nanoTime();
        for (long seed = first; seed < first + LIVES; seed++) {
            run(seed);
        }
    }

    private static void run(long seed) {
        try {
            new Interleaving(seed).run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("with seed " + seed + ": " + e.getMessage(), e);
        }
    }
}
