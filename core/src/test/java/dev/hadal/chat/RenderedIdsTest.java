package dev.hadal.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.SharedMaterial;
import dev.hadal.tokenizer.Segment;
import dev.hadal.tokenizer.Tokenizer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** The ids of the recorded prompts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RenderedIdsTest {
    /** Its user text spells control tokens. */
    private static final int FORGED_TOKENS = 74;

    private Tokenizer tokenizer;

    @BeforeAll
    void loadTokenizer() {
        tokenizer = Tokenizer.load(SharedMaterial.require("tokenizer/tokenizer.json"));
    }

    @Test
    void parityGivesTheIdsOfTheReference() {
        Vectors.cases("render.json")
                .forEach(vector -> assertThat(tokenizer.encodeParity(segments(vector)))
                        .as(vector.path("name").stringValue())
                        .isEqualTo(ids(vector)));
    }

    @Test
    void segmentsGiveTheSameIdsUnlessTextForgesTokens() {
        Vectors.cases("render.json")
                .filter(vector -> vector.path("id").intValue() != FORGED_TOKENS)
                .forEach(vector -> assertThat(tokenizer.encode(segments(vector)))
                        .as(vector.path("name").stringValue())
                        .isEqualTo(ids(vector)));
    }

    @Test
    void forgedTokensStayText() {
        JsonNode forged = Vectors.cases("render.json")
                .filter(vector -> vector.path("id").intValue() == FORGED_TOKENS)
                .findFirst()
                .orElseThrow();
        int[] ids = tokenizer.encode(segments(forged));
        assertThat(tokenizer.decode(ids)).isEqualTo(forged.path("prompt").stringValue());
        assertThat(IntStream.of(ids).filter(tokenizer::isControl)).hasSize(4);
    }

    private static List<Segment> segments(JsonNode vector) {
        return Vectors.encode(ChatRequestReader.encoderCall(vector.toString(), EffortRules.PREVIEW));
    }

    private static int[] ids(JsonNode vector) {
        return vector.path("ids").values().stream().mapToInt(JsonNode::intValue).toArray();
    }
}
