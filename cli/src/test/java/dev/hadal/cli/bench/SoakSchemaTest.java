package dev.hadal.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SoakSchemaTest {
    @Test
    void isAnotherOneForEachNumber() {
        Set<String> schemas = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            assertThat(schemas.add(SoakSchema.of(i))).as("schema %s", i).isTrue();
        }
        assertThat(schemas).allMatch(schema -> schema.length() > 500 && schema.length() < 10_000);
    }

    @Test
    void isAnObjectWithItsReferencesAndItsMark() {
        JsonNode schema = JsonMapper.shared().readTree(SoakSchema.of(123));
        JsonNode properties = schema.path("properties");
        assertThat(properties.size()).isEqualTo(4 + 123 % 57);
        assertThat(properties.propertyNames()).allMatch(name -> name.startsWith(SoakSchema.MARK + "_123_"));
        assertThat(schema.path("$defs").has("node_123")).isTrue();
        assertThat(properties.toString())
                .contains("#/$defs/node_123")
                .contains("\"enum\"")
                .contains("\"pattern\"");
    }
}
