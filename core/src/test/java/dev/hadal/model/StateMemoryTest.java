package dev.hadal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StateMemoryTest {
    private final StateMemory memory = new StateMemory();

    @Test
    void remembersTheMostThatWasHeld() {
        memory.add(100);
        memory.remove(70);
        memory.add(50);
        assertThat(memory.usedBytes()).isEqualTo(80);
        assertThat(memory.peakBytes()).isEqualTo(100);
    }

    @Test
    void refusesToTakeBackMoreThanItGave() {
        memory.add(5);
        assertThatThrownBy(() -> memory.remove(7))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("states have given back 2 bytes more than they took");
    }
}
