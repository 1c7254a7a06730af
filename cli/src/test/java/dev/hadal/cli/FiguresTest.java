package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void putsLargeNumbersIntoWords() {
        assertThat(Figures.count(999)).isEqualTo("999");
        assertThat(Figures.count(284_332_240_471L)).isEqualTo("284.3 billion");
        assertThat(Figures.count(999_960)).isEqualTo("1.0 million");
        assertThat(Figures.count(5_000_000_000_000_000L)).isEqualTo("5000.0 trillion");
        assertThat(Figures.bytes(0)).isEqualTo("0 bytes");
        assertThat(Figures.bytes(159_617_149_040L)).isEqualTo("159.6 GB");
        assertThat(Figures.exact(159_617_149_040L)).isEqualTo("159,617,149,040");
        assertThat(Figures.percent(0.07318)).isEqualTo("7.3 %");
    }
}
