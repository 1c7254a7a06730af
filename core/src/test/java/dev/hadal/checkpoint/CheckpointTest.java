package dev.hadal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    private static final String INDEX = "model.safetensors.index.json";
    private static final String A = "model-00001-of-00002.safetensors";
    private static final String B = "model-00002-of-00002.safetensors";
    private static final String AGAIN = ". Download the model again";

    private static byte[] shard(String tensor) {
        return MemoryFiles.safetensors(
                "{\"" + tensor + "\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2);
    }

    private static String index(String... tensorsAndShards) {
        StringBuilder map = new StringBuilder("{\"metadata\":{\"total_size\":4},\"weight_map\":{");
        for (int i = 0; i < tensorsAndShards.length; i += 2) {
            map.append(i == 0 ? "" : ",")
                    .append('"')
                    .append(tensorsAndShards[i])
                    .append("\":\"")
                    .append(tensorsAndShards[i + 1])
                    .append('"');
        }
        return map + "}}";
    }

    private static MemoryFiles sound() {
        return new MemoryFiles()
                .with("config.json", "{}")
                .with("tokenizer.json", "{}")
                .with("other.safetensors", "not ours")
                .with(INDEX, index("x", A, "y", B))
                .with(A, shard("x"))
                .with(B, shard("y"));
    }

    private static void refuses(MemoryFiles files, String message) {
        assertThatThrownBy(() -> Checkpoint.open(files))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("memory/" + message);
        assertThat(files.isClosed()).isTrue();
    }

    @Test
    void opensIndexedShards() {
        MemoryFiles files = sound();
        try (Checkpoint checkpoint = Checkpoint.open(files)) {
            assertThat(checkpoint.tensors()).containsOnlyKeys("x", "y");
            assertThat(checkpoint.shards()).containsExactly(A, B);
            assertThat(checkpoint.originOf("y")).isEqualTo("memory/" + B);
            assertThat(checkpoint.tensorBytes()).isEqualTo(4);
            assertThat(checkpoint.totalBytes()).isEqualTo(shard("x").length * 2L);
            assertThat(checkpoint.configJson()).asString().isEqualTo("{}");
        }
        assertThat(files.isClosed()).isTrue();
    }

    @Test
    void opensASingleFile() {
        MemoryFiles files = new MemoryFiles().with("config.json", "{}").with("model.safetensors", shard("x"));
        try (Checkpoint checkpoint = Checkpoint.open(files)) {
            assertThat(checkpoint.tensors()).containsOnlyKeys("x");
            assertThat(checkpoint.shards()).containsExactly("model.safetensors");
        }
    }

    @Test
    void refusesAMissingShard() {
        MemoryFiles files = new MemoryFiles()
                .with("config.json", "{}")
                .with(INDEX, index("x", A, "y", B))
                .with(A, shard("x"));
        refuses(files, B + ": this shard of the index is missing" + AGAIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"model-00003-of-00003.safetensors", "model.safetensors"})
    void refusesAnExtraShard(String name) {
        refuses(
                sound().with(name, shard("z")),
                name
                        + ": this shard is not in the index. Remove it, or download the model again into an empty directory");
    }

    @Test
    void refusesShardsWithoutAnIndex() {
        refuses(
                new MemoryFiles()
                        .with("config.json", "{}")
                        .with("model.safetensors", shard("x"))
                        .with(A, shard("x")),
                A + ": this shard is not in the index. Remove it, or download the model again into an empty directory");
    }

    @Test
    void refusesATensorThatTheIndexPlacesElsewhere() {
        refuses(
                sound().with(INDEX, index("x", A, "y", A, "z", B)),
                B + ": tensor y belongs to " + A + " by the index" + AGAIN);
    }

    @Test
    void refusesATensorThatTheIndexDoesNotList() {
        refuses(sound().with(B, shard("z")), B + ": tensor z is not in the index" + AGAIN);
    }

    @Test
    void refusesAnIndexEntryWithoutATensor() {
        refuses(
                sound().with(INDEX, index("x", A, "y", B, "z", B)),
                B + ": tensor z of the index is not in this shard" + AGAIN);
    }

    @Test
    void namesTheShardThatIsDamaged() {
        refuses(
                sound().with(B, new byte[3]),
                B + ": is 3 bytes long, too short for a safetensors header. Download the file again");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../a.safetensors",
                "/etc/a.safetensors",
                "a/b.safetensors",
                "a\\\\b.safetensors",
                "model.bin",
                "",
                "a\\u0000.safetensors",
                "C:a.safetensors"
            })
    void refusesAShardNameThatIsNotPlain(String name) {
        refuses(
                sound().with(INDEX, index("x", name)),
                INDEX + ": the shard of tensor x is not a plain .safetensors name. Download the index again");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|is not a JSON object",
                "{}|has no weight_map, or an empty one",
                "{\"weight_map\":{}}|has no weight_map, or an empty one",
                "{\"weight_map\":[]}|weight_map is not an object",
                "{\"weight_map\":{\"x\":1}}|the shard of tensor x is not text",
            },
            quoteCharacter = '`')
    void refusesAnIndexOfAnotherForm(String json, String message) {
        refuses(sound().with(INDEX, json), INDEX + ": " + message + ". Download the index again");
    }

    @Test
    void refusesAnIndexThatListsATensorTwice() {
        assertThatThrownBy(() -> Checkpoint.open(sound().with(INDEX, index("x", A, "y", B, "x", B))))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("memory/" + INDEX + ": cannot be parsed at byte ")
                .hasMessageContaining("\"x\"")
                .hasMessageEndingWith(". Download the index again");
    }
}
