package dev.hadal.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolSpecTest {

    @Test
    void keepsTheClientsOrderInPythonsSpelling() {
        ToolSpec tool = ToolSpec.function("{\"strict\":true,\"name\":\"f\",\"parameters\":{\"b\":1e3,\"a\":[1,2]}}");
        assertThat(tool)
                .isEqualTo(new ToolSpec(
                        "f", "{\"strict\": true, \"name\": \"f\", \"parameters\": {\"b\": 1000.0, \"a\": [1, 2]}}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "{\"name\": 1}", "{\"name\": \"f\""})
    void refusesWhatIsNoFunctionObject(String json) {
        assertThatThrownBy(() -> ToolSpec.function(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a tool must be a JSON object with a string \"name\"");
    }
}
