package dev.hadal.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.SharedMaterial;
import dev.hadal.tokenizer.Segment;
import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class RenderVectorsTest {

    static Stream<JsonNode> vectors() {
        return Vectors.cases("render.json");
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void rendersAsTheReference(JsonNode vector) {
        ChatRequest request = ChatRequestReader.encoderCall(vector.toString(), EffortRules.PREVIEW);
        assertThat(Vectors.prompt(Vectors.encode(request)))
                .isEqualTo(vector.path("prompt").stringValue());
    }

    @Test
    void readsEveryVector() {
        assertThat(vectors()).hasSize(44);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void joinsNeighbouringTexts(JsonNode vector) {
        ChatRequest request = ChatRequestReader.encoderCall(vector.toString(), EffortRules.PREVIEW);
        Segment before = new Segment.Control("");
        for (Segment segment : Vectors.encode(request)) {
            assertThat(segment instanceof Segment.Text && before instanceof Segment.Text)
                    .isFalse();
            assertThat(segment.text()).isNotEmpty();
            before = segment;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void rendersTheCasesOfTheRelease(int number) throws IOException {
        String input = Files.readString(SharedMaterial.require("vectors/official/test_input_" + number + ".json"));
        String expected = Files.readString(SharedMaterial.require("vectors/official/test_output_" + number + ".txt"));
        JsonNode tree = Vectors.JSON.readTree(input);
        ObjectNode call = Vectors.JSON.createObjectNode();
        if (tree.isObject()) {
            call.setAll((ObjectNode) tree);
        } else {
            call.set("messages", tree);
        }
        call.put("thinking_mode", number == 4 ? "chat" : "thinking");
        ChatRequest request = ChatRequestReader.encoderCall(call.toString(), EffortRules.PREVIEW);
        assertThat(Vectors.prompt(Vectors.encode(request))).isEqualTo(expected);
    }
}
