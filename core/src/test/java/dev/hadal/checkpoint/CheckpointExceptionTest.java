package dev.hadal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CheckpointExceptionTest {
    @Test
    void saysFileProblemAndRemedy() {
        CheckpointException e = new CheckpointException("a/config.json", "is empty", "Fill it");
        assertThat(e).hasMessage("a/config.json: is empty. Fill it");
        assertThat(e.file()).isEqualTo("a/config.json");
    }

    @Test
    void quotesNoControlCharacters() {
        assertThat(new CheckpointException("a", "tensor \u001b[31m\nx is odd", "Fix it"))
                .hasMessage("a: tensor ?[31m?x is odd. Fix it");
    }

    @Test
    void quotesNoMoreThanItsLimit() {
        assertThat(new CheckpointException("a", "x".repeat(600), "Fix it"))
                .hasMessage("a: " + "x".repeat(600) + ". Fix it");
        assertThat(new CheckpointException("a", "x".repeat(601), "Fix it"))
                .hasMessage("a: " + "x".repeat(600) + ".... Fix it");
    }
}
