package dev.hadal.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs commands as the process would, on streams in memory. */
final class Cli {
    static final JsonMapper JSON = JsonMapper.shared();

    private Cli() {}

    /** What a command left behind. */
    record Result(int code, String out, String err) {
        /** The whole output as one JSON value. */
        JsonNode json() {
            return JSON.readTree(out);
        }

        /** Each line of the output as a JSON value. */
        List<JsonNode> jsonLines() {
            return out.lines().map(line -> JSON.readTree(line)).toList();
        }
    }

    /** Runs a command with nothing on standard input. */
    static Result run(String... args) {
        return runWithInput("", args);
    }

    /** Runs a command that reads from and writes to pipes. */
    static Result runWithInput(String input, String... args) {
        return runOn(Terminal.Kind.PIPES, input, args);
    }

    /** Runs a command on a terminal of some kind. */
    static Result runOn(Terminal.Kind kind, String input, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        ByteArrayInputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        int code = Main.run(new Terminal(in, out, err, kind), args);
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** A JSON value in characters that survive every encoding, half a surrogate pair among them. */
    static String ascii(JsonNode value) {
        return JSON.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII).writeValueAsString(value);
    }

    /** The vectors of a file beside the tests of core. */
    static List<JsonNode> vectors(String file) throws IOException {
        Path path = Path.of("..", "core", "src", "test", "resources", "vectors", file);
        return List.copyOf(
                JSON.readTree(Files.readAllBytes(path)).path("vectors").values());
    }

    /** The directory of V4's own tokenizer, which is not part of this project; the test is skipped without it. */
    static Path officialTokenizer() {
        for (Path place = Path.of("").toAbsolutePath(); place != null; place = place.getParent()) {
            Path directory = place.resolve("shared").resolve("tokenizer");
            if (Files.exists(directory.resolve("tokenizer.json"))) {
                return directory;
            }
        }
        return Assumptions.abort("needs shared/tokenizer, which is not here");
    }
}
