package dev.hadal.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Finds out what the standard streams are connected to. The JDK's console knows only of input and output together and
 * not of standard error, so this asks the file system: a screen is a character device that is not {@code /dev/null}.
 */
final class Screens {
    private static final int FILE_TYPE = 0170000;
    private static final int CHARACTER_DEVICE = 0020000;

    private Screens() {}

    /** The kind of terminal that this process has; the environment may forbid colours (no-color.org). */
    static Terminal.Kind detect(Map<String, String> environment) {
        boolean colour = environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
        return new Terminal.Kind(isScreen("/dev/fd/0"), isScreen("/dev/fd/1"), isScreen("/dev/fd/2"), colour);
    }

    private static boolean isScreen(String descriptor) {
        try {
            Object device = Files.getAttribute(Path.of(descriptor), "unix:rdev");
            return ((int) Files.getAttribute(Path.of(descriptor), "unix:mode") & FILE_TYPE) == CHARACTER_DEVICE
                    && !device.equals(Files.getAttribute(Path.of("/dev/null"), "unix:rdev"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            // A closed stream, or a system without these attributes: plain output is always right.
            return false;
        }
    }
}
