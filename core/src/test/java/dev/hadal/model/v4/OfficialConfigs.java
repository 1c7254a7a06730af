package dev.hadal.model.v4;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    /** The text with the value of a key replaced. */
    static String with(String json, String key, String value) {
        Matcher matcher =
                Pattern.compile("(\"" + key + "\": )(\\[[^]]*]|[^,\\n}]+)").matcher(json);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no key " + key);
        }
        return matcher.replaceFirst("$1" + Matcher.quoteReplacement(value));
    }

    /** The text with a key renamed, so that it is missing. */
    static String without(String json, String key) {
        return json.replace("\"" + key + "\":", "\"_" + key + "\":");
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
