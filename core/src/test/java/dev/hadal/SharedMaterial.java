package dev.hadal;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Material that may be read in tests but not copied into the project. It lies in a directory
 * {@code shared} next to the project; without it, the tests that need it are skipped.
 */
public final class SharedMaterial {
    private SharedMaterial() {}

    /** The file or directory {@code shared/relative}; skips the running test if it is not there. */
    public static Path require(String relative) {
        for (Path directory = Path.of("").toAbsolutePath(); directory != null; directory = directory.getParent()) {
            Path candidate = directory.resolve("shared").resolve(relative);
            if (Files.exists(candidate)) {
                return candidate;
            }
        }
        return Assumptions.abort("shared/" + relative + " is not next to the project");
    }
}
