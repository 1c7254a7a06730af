package dev.hadal.cli;

import java.io.FileDescriptor;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The terminal of this process. The JDK's console knows only of input and output together and not of standard error, so
 * what the streams are connected to is asked of the file system: a screen is a character device that is not
 * {@code /dev/null}.
 */
final class ProcessTerminal {
    /** Set by the launcher while it filters what the JVM itself says on standard error: the stream behind the filter. */
    private static final String STDERR = "HADAL_STDERR";

    private static final int FILE_TYPE = 0170000;
    private static final int CHARACTER_DEVICE = 0020000;

    private ProcessTerminal() {}

    /** Opens it; the environment may forbid colours (no-color.org). */
    static Terminal open(Map<String, String> environment) {
        String stderr = environment.getOrDefault(STDERR, "");
        OutputStream err = new FileOutputStream(FileDescriptor.err);
        if (!stderr.isEmpty()) {
            try {
                err = new FileOutputStream(stderr, true);
            } catch (FileNotFoundException e) {
                // The screen belongs to another user, as after su: the filter passes the text on, without colours.
                stderr = "";
            }
        }
        boolean colour = environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
        Terminal.Kind kind = new Terminal.Kind(
                isScreen("/dev/fd/0"),
                isScreen("/dev/fd/1"),
                isScreen(stderr.isEmpty() ? "/dev/fd/2" : stderr),
                colour);
        // Not System.out and System.err, which hide that nobody reads any more.
        return new Terminal(System.in, new FileOutputStream(FileDescriptor.out), err, kind);
    }

    private static boolean isScreen(String stream) {
        try {
            Path path = Path.of(stream);
            int mode = (int) Files.getAttribute(path, "unix:mode");
            return (mode & FILE_TYPE) == CHARACTER_DEVICE
                    && !Files.getAttribute(path, "unix:rdev")
                            .equals(Files.getAttribute(Path.of("/dev/null"), "unix:rdev"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            // A closed stream, or a system without these attributes: plain output is always right.
            return false;
        }
    }
}
