package dev.hadal.server.config;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A mapping in a YAML (or JSON) file. What is read from it is checked, and said with its place when it is wrong. */
public final class YamlSection {
    private static final long MAX_BYTES = 4 << 20;
    private static final int MAX_DEPTH = 32;

    private final String where;
    private final JsonNode node;

    private YamlSection(String where, JsonNode node) {
        this.where = where;
        this.node = node;
    }

    /**
     * Reads a file.
     *
     * @throws ConfigException if it cannot be read or is not a mapping
     */
    public static YamlSection read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ConfigException(file + " is larger than 4 MiB, too large for a configuration");
            }
            return parse(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new ConfigException(file + " cannot be read (" + e.getClass().getSimpleName() + ")", e);
        }
    }

    /**
     * Reads a text.
     *
     * @param origin what to call it in messages
     */
    public static YamlSection parse(String origin, byte[] yaml) {
        YAMLFactory factory = YAMLFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .build())
                .build();
        try {
            JsonNode root = YAMLMapper.builder(factory).build().readTree(yaml);
            if (root.isMissingNode() || root.isNull()) {
                root = YAMLMapper.builder().build().createObjectNode();
            }
            return section(origin, root);
        } catch (JacksonException e) {
            throw new ConfigException(origin + " is not YAML: " + firstLine(e.getOriginalMessage()), e);
        }
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    private static YamlSection section(String where, JsonNode node) {
        if (!node.isObject()) {
            throw new ConfigException(where + " must be a mapping of names to values");
        }
        return new YamlSection(where, node);
    }

    /** The names in it, in their order. */
    public List<String> names() {
        return List.copyOf(node.propertyNames());
    }

    /** Where it stands, for messages. */
    public String where() {
        return where;
    }

    /**
     * Refuses names that are not among these.
     *
     * @throws ConfigException with what comes nearest
     */
    public YamlSection allow(String... known) {
        return allow(Set.of(known));
    }

    /** Refuses names that are not among these. */
    public YamlSection allow(Collection<String> known) {
        for (String name : node.propertyNames()) {
            if (!known.contains(name)) {
                throw new ConfigException(
                        where + ": unknown " + name + "; " + Suggestion.among(name, new TreeSet<>(known)));
            }
        }
        return this;
    }

    /** A scalar as it is written; null if it is not there. */
    public @Nullable String text(String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (value.isContainer()) {
            throw wrong(name, "must be one value");
        }
        return value.asString();
    }

    /** A scalar that must be there. */
    public String required(String name) {
        String value = text(name);
        if (value == null || value.isBlank()) {
            throw new ConfigException(where + " has no " + name);
        }
        return value;
    }

    /** A number that is not negative; null if it is not there. */
    public @Nullable BigDecimal amount(String name) {
        String value = text(name);
        if (value == null) {
            return null;
        }
        try {
            BigDecimal amount = new BigDecimal(value);
            if (amount.signum() < 0 || amount.precision() > 30 || Math.abs(amount.scale()) > 30) {
                throw wrong(name, "must be a number that is not negative, but is " + value);
            }
            return amount;
        } catch (NumberFormatException e) {
            throw wrong(name, "must be a number that is not negative, but is " + value);
        }
    }

    /** A whole number from a range; null if it is not there. */
    public @Nullable Integer count(String name, int least, int most) {
        String value = text(name);
        if (value == null) {
            return null;
        }
        try {
            int count = Integer.parseInt(value);
            if (count >= least && count <= most) {
                return count;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw wrong(name, "must be a whole number from " + least + " to " + most + ", but is " + value);
    }

    /** A list of scalars, which may be written as one scalar; null if it is not there. */
    public @Nullable List<String> texts(String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isArray()) {
            return List.of(String.valueOf(text(name)));
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode element : value) {
            if (element.isContainer()) {
                throw wrong(name, "must be a list of plain values");
            }
            texts.add(element.asString());
        }
        return texts;
    }

    /** Whether a name leads to a mapping. */
    public boolean isSection(String name) {
        JsonNode value = node.get(name);
        return value != null && value.isObject();
    }

    /** A mapping; null if it is not there. */
    public @Nullable YamlSection section(String name) {
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : section(where + ": " + name, value);
    }

    /** A list of mappings; empty if it is not there. */
    public List<YamlSection> sections(String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return List.of();
        }
        if (!value.isArray()) {
            throw wrong(name, "must be a list");
        }
        List<YamlSection> sections = new ArrayList<>();
        for (JsonNode element : value) {
            sections.add(section(where + ": " + name + "[" + sections.size() + "]", element));
        }
        return sections;
    }

    /** The complaint about a value. */
    public ConfigException wrong(String name, String complaint) {
        return new ConfigException(where + ": " + name + " " + complaint);
    }
}
