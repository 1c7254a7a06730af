package dev.hadal.server.auth;

import dev.hadal.server.config.ConfigException;
import dev.hadal.server.config.YamlSection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads key files (YAML or JSON):
 *
 * <pre>
 * keys:
 *   - name: alice
 *     digest: sha256:...        # hadal key new --name alice
 *     rights: [inference]       # inference, metrics; inference if not given
 *     tenant: team-a            # the name if not given
 *     requests-per-minute: 60   # the rest: no limit if not given
 *     tokens-per-minute: 100000
 *     concurrency: 4
 *     budget: 5.00              # dollars
 * </pre>
 */
public final class KeyFile {
    private static final String PREFIX = "sha256:";
    private static final int MOST_KEYS = 10_000;
    private static final int MOST = 1_000_000_000;

    private KeyFile() {}

    /**
     * Reads a file.
     *
     * @throws ConfigException if it cannot be read or is wrong
     */
    public static List<ApiKey> read(Path file) {
        YamlSection root = YamlSection.read(file).allow("keys");
        List<YamlSection> entries = root.sections("keys");
        if (entries.isEmpty() || entries.size() > MOST_KEYS) {
            throw new ConfigException(
                    file + " must have from 1 to " + MOST_KEYS + " keys; hadal key new prints an entry for one");
        }
        List<ApiKey> keys = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Set<String> digests = new HashSet<>();
        for (YamlSection entry : entries) {
            ApiKey key = key(entry);
            if (!names.add(key.principal().name()) || !digests.add(key.digest())) {
                throw new ConfigException(entry.where() + ": this name or digest has been there before");
            }
            keys.add(key);
        }
        return List.copyOf(keys);
    }

    private static ApiKey key(YamlSection entry) {
        entry.allow(
                "name",
                "digest",
                "rights",
                "tenant",
                "requests-per-minute",
                "tokens-per-minute",
                "concurrency",
                "budget");
        String name = id(entry, "name", entry.required("name"));
        String tenant = id(entry, "tenant", Objects.requireNonNullElse(entry.text("tenant"), name));
        String digest = entry.required("digest");
        digest = (digest.startsWith(PREFIX) ? digest.substring(PREFIX.length()) : digest).toLowerCase(Locale.ROOT);
        KeyLimits limits = new KeyLimits(
                count(entry, "requests-per-minute"),
                count(entry, "tokens-per-minute"),
                count(entry, "concurrency"),
                entry.amount("budget"));
        try {
            return new ApiKey(new Principal(name, tenant, rights(entry)), digest, limits);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    entry.where() + ": digest must be sha256: and 64 hexadecimal digits, as hadal key new prints it;"
                            + " the key itself does not belong here",
                    e);
        }
    }

    private static int count(YamlSection entry, String name) {
        return Objects.requireNonNullElse(entry.count(name, 1, MOST), 0);
    }

    private static Set<Right> rights(YamlSection entry) {
        List<String> written = entry.texts("rights");
        if (written == null) {
            return Set.of(Right.INFERENCE);
        }
        Set<Right> rights = EnumSet.noneOf(Right.class);
        for (String right : written) {
            switch (right) {
                case "inference" -> rights.add(Right.INFERENCE);
                case "metrics" -> rights.add(Right.METRICS);
                default -> throw entry.wrong("rights", "are inference and metrics, not " + right);
            }
        }
        return rights;
    }

    /** Names end up in logs, metrics and tables. */
    private static String id(YamlSection entry, String field, String value) {
        boolean legal = value.length() <= 64
                && value.chars().allMatch(c -> (Character.isLetterOrDigit(c) && c < 128) || "-_.@".indexOf(c) >= 0);
        if (!legal) {
            throw entry.wrong(field, "must be at most 64 letters, digits and -_.@");
        }
        return value;
    }

    /** What is unsafe about a file's permissions; null if nothing is, or the file system has none. */
    public static @Nullable String exposure(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            boolean open = permissions.contains(PosixFilePermission.OTHERS_READ)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE);
            return open ? file + " can be read by everybody on this machine; chmod 600 " + file : null;
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }
}
