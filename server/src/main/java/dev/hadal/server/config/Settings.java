package dev.hadal.server.config;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The values of all settings: from the command line, else from the file, else the standard ones. */
public final class Settings {
    /** The section of a file that maps served names to directories; its names are free. */
    public static final String MODELS = "models";

    private final Map<String, Setting> known = new LinkedHashMap<>();
    private final Map<String, String> given = new LinkedHashMap<>();
    private final Map<String, String> models = new LinkedHashMap<>();

    /** The settings that there are, with none given. */
    public Settings(List<Setting> known) {
        known.forEach(setting -> this.known.put(setting.name(), setting));
    }

    /**
     * Takes what a file gives.
     *
     * @throws ConfigException if it gives what does not exist, or a value that cannot be
     */
    public Settings file(Path file) {
        YamlSection root = YamlSection.read(file);
        YamlSection names = root.section(MODELS);
        if (names != null) {
            names.names().forEach(name -> models.put(name, names.required(name)));
        }
        take(root, "");
        return this;
    }

    private void take(YamlSection section, String prefix) {
        for (String name : section.names()) {
            String full = prefix + name;
            if (full.equals(MODELS)) {
                continue;
            }
            boolean leads = known.keySet().stream().anyMatch(setting -> setting.startsWith(full + "."));
            YamlSection inner = leads && section.isSection(name) ? section.section(name) : null;
            if (inner != null) {
                take(inner, full + ".");
            } else {
                List<String> texts = section.texts(name);
                put(full, texts == null ? "" : String.join(",", texts), section.where());
            }
        }
    }

    /**
     * Takes one value, which comes before what a file gives.
     *
     * @param where what to call its origin in messages, as {@code --set}
     */
    public Settings with(String name, String value, String where) {
        put(name, value, where);
        return this;
    }

    private void put(String name, String value, String where) {
        Setting setting = known.get(name);
        if (setting == null) {
            throw new ConfigException(
                    where + ": unknown setting " + name + "; " + Suggestion.among(name, new TreeSet<>(known.keySet())));
        }
        setting.require(value, where);
        given.put(name, value);
    }

    /** Served names and their directories, from the file. */
    public Map<String, String> models() {
        return Map.copyOf(models);
    }

    /** A value as it is written; empty if there is none. */
    public String text(String name) {
        Setting setting = Objects.requireNonNull(known.get(name), name);
        return given.getOrDefault(name, setting.standard());
    }

    /** A file; null if there is none. */
    public @Nullable Path path(String name) {
        String text = text(name);
        return text.isEmpty() ? null : Path.of(text);
    }

    /** A whole number. */
    public int count(String name) {
        return Integer.parseInt(text(name));
    }

    /** A number of bytes that an array can have. */
    public int size(String name) {
        return Math.toIntExact(Math.min(Integer.MAX_VALUE, bytes(name)));
    }

    /** A number of bytes. */
    public long bytes(String name) {
        return Setting.bytes(text(name));
    }

    /** A time. */
    public Duration duration(String name) {
        return Setting.duration(text(name));
    }

    /** An amount; null if there is none. */
    public @Nullable BigDecimal amount(String name) {
        String text = text(name);
        return text.isEmpty() ? null : new BigDecimal(text);
    }

    /** A switch. */
    public boolean on(String name) {
        return Boolean.parseBoolean(text(name));
    }

    /** A list. */
    public List<String> list(String name) {
        return Setting.list(text(name));
    }

    /** All settings as a file that would give the same, with what each does. */
    public String print() {
        StringBuilder text = new StringBuilder();
        String section = "";
        for (Setting setting : known.values()) {
            int dot = setting.name().indexOf('.');
            String itsSection = dot < 0 ? "" : setting.name().substring(0, dot);
            if (!itsSection.equals(section)) {
                text.append(itsSection).append(":\n");
                section = itsSection;
            }
            String line = (dot < 0 ? "" : "  ") + setting.name().substring(dot + 1) + ": " + written(setting);
            text.append("%-42s # %s%n"
                    .formatted(line, setting.meaning() + (given.containsKey(setting.name()) ? " (set)" : "")));
        }
        return text.toString();
    }

    private String written(Setting setting) {
        String value = text(setting.name());
        if (setting.kind() == Setting.Kind.LIST) {
            return "[" + String.join(", ", Setting.list(value)) + "]";
        }
        return value.isEmpty() ? "\"\"" : value;
    }
}
