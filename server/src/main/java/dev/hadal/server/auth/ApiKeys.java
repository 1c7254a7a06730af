package dev.hadal.server.auth;

import dev.hadal.server.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The keys that are known. A key file that changes is read again as a whole; while it is wrong or gone, the keys that
 * were known stay known.
 */
public final class ApiKeys {
    private final @Nullable Path file;
    private final Consumer<String> warnings;
    private volatile List<ApiKey> keys;
    private volatile @Nullable FileTime read;
    private volatile boolean warned;

    private ApiKeys(@Nullable Path file, List<ApiKey> keys, Consumer<String> warnings) {
        this.file = file;
        this.keys = keys;
        this.warnings = warnings;
    }

    /** Keys that never change. */
    public static ApiKeys of(List<ApiKey> keys) {
        return new ApiKeys(null, List.copyOf(keys), warning -> {});
    }

    /**
     * Reads a file.
     *
     * @param warnings told what is unsafe now, and what is wrong later
     * @throws ConfigException if it cannot be read or is wrong
     */
    public static ApiKeys read(Path file, Consumer<String> warnings) {
        FileTime time = timeOf(file);
        ApiKeys keys = new ApiKeys(file, KeyFile.read(file), warnings);
        keys.read = time;
        String exposure = KeyFile.exposure(file);
        if (exposure != null) {
            warnings.accept(exposure);
        }
        return keys;
    }

    /** Reads the file again if it has changed; to be called every few seconds. */
    public void refresh() {
        Path path = file;
        FileTime time = path == null ? null : timeOf(path);
        if (path == null || (time != null && time.equals(read))) {
            return;
        }
        try {
            keys = KeyFile.read(path);
            read = time;
            warned = false;
        } catch (ConfigException e) {
            if (!warned) {
                warnings.accept(e.getMessage() + "; the keys read before stay in force");
                warned = true;
            }
        }
    }

    private static @Nullable FileTime timeOf(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * The key with a secret; null if none has it. Takes the same time for every secret of a length: its digest is
     * compared with those of all keys, each in constant time.
     */
    public @Nullable ApiKey find(String secret) {
        byte[] digest = ApiKey.sha256(secret);
        ApiKey found = null;
        for (ApiKey key : keys) {
            if (MessageDigest.isEqual(digest, key.digestBytes())) {
                found = key;
            }
        }
        return found;
    }

    /** How many tenants may ask a model. */
    public int tenants() {
        return (int) keys.stream()
                .map(ApiKey::principal)
                .filter(principal -> principal.may(Right.INFERENCE))
                .map(Principal::tenant)
                .distinct()
                .count();
    }

    /** All keys. */
    public List<ApiKey> all() {
        return keys;
    }
}
