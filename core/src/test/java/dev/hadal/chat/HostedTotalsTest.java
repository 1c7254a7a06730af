package dev.hadal.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.SharedMaterial;
import dev.hadal.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Our prompts have as many tokens as the hosted service counted (encoding.md 14). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostedTotalsTest {
    /** The service adds an instruction of unknown words in JSON mode (encoding.md 9). */
    private static final int JSON_INSTRUCTION_TOKENS = 20;

    private Tokenizer tokenizer;

    @BeforeAll
    void loadTokenizer() {
        tokenizer = Tokenizer.load(SharedMaterial.require("tokenizer/tokenizer.json"));
    }

    @Test
    void countsAsTheServiceDidInThePreview() throws IOException {
        int compared = 0;
        for (JsonNode vector : vectors("vectors/official-api-preview-2026-05.json")) {
            ChatRequest request = read(vector.path("request"), EffortRules.PREVIEW);
            assertThat(tokens(request))
                    .as(vector.path("name").stringValue())
                    .isEqualTo(vector.path("usage").path("prompt_tokens").intValue());
            compared++;
        }
        assertThat(compared).isEqualTo(5);
    }

    @Test
    void countsAsTheServiceDoesSinceGeneralAvailability() throws IOException {
        int compared = 0;
        for (JsonNode vector : vectors("vectors/official-api-ga-2026-09.json")) {
            ObjectNode body = (ObjectNode) vector.path("body").deepCopy();
            // The Anthropic endpoint's place for the same field.
            if (body.path("output_config").has("effort")) {
                body.set("reasoning_effort", body.path("output_config").path("effort"));
            }
            ChatRequest request = read(body, EffortRules.GA);
            int unknownInstruction = request.jsonObject() ? JSON_INSTRUCTION_TOKENS : 0;
            assertThat(tokens(request) + unknownInstruction)
                    .as(vector.path("name").stringValue())
                    .isEqualTo(vector.path("prompt_tokens").intValue());
            compared++;
        }
        assertThat(compared).isEqualTo(10);
    }

    private int tokens(ChatRequest request) {
        return tokenizer.encode(Vectors.encode(request)).length;
    }

    private static ChatRequest read(JsonNode body, EffortRules rules) {
        return ChatRequestReader.chatCompletions(body.toString().getBytes(StandardCharsets.UTF_8), rules);
    }

    private static Iterable<JsonNode> vectors(String file) throws IOException {
        return Vectors.JSON
                .readTree(Files.readAllBytes(SharedMaterial.require(file)))
                .path("vectors")
                .values();
    }
}
