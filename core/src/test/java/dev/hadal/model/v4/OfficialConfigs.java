package dev.hadal.model.v4;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The two published configurations, as text that a test may change. */
final class OfficialConfigs {
    private OfficialConfigs() {}

    static String json(String name) {
        String resource = "/reference/config-" + name + ".json";
        try (InputStream in = Objects.requireNonNull(OfficialConfigs.class.getResourceAsStream(resource))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static V4Config parse(String json) {
        return V4Config.parse(json.getBytes(StandardCharsets.UTF_8), "config.json");
    }

    static V4Config flash() {
        return parse(json("flash"));
    }

    static V4Config pro() {
        return parse(json("pro"));
    }
}
