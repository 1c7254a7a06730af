package dev.hadal.server.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A request that a real client sent.
 *
 * @param name client and number, such as {@code codex/01}
 * @param path where it was sent to, with its query
 * @param body what was sent
 */
public record Recorded(String name, String path, JsonNode body) {
    private static final List<String> CLIENTS = List.of(
            "anthropic-java",
            "anthropic-node",
            "claude-code",
            "codebuddy",
            "codex",
            "langchain4j",
            "openai-java",
            "openai-node",
            "openclaw",
            "opencode",
            "qwen-code",
            "spring-ai-deepseek",
            "vercel-ai");

    /** All of them. */
    public static Stream<Recorded> all() {
        return CLIENTS.stream()
                .flatMap(client -> Stream.of("01", "02", "03").map(number -> client + "/" + number))
                .filter(name -> Recorded.class.getResource("/requests/" + name + ".json") != null)
                .map(Recorded::read);
    }

    /** The one of this name. */
    public static Recorded read(String name) {
        try (InputStream in = Recorded.class.getResourceAsStream("/requests/" + name + ".json")) {
            JsonNode tree = JsonMapper.shared().readTree(in);
            return new Recorded(name, tree.path("path").stringValue(), tree.path("body"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it is in Anthropic's dialect. */
    public boolean anthropic() {
        return path.contains("/messages");
    }

    /** Whether it is for the Responses API. */
    public boolean responses() {
        return path.contains("/responses");
    }

    /** The body as bytes. */
    public byte[] bytes() {
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return name;
    }
}
