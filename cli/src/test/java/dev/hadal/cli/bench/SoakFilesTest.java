package dev.hadal.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoakFilesTest {
    private static final int PIECE = 1 << 16;

    @TempDir
    private Path directory;

    @TempDir
    private Path elsewhere;

    @Test
    void findsATextWhereverItLies() throws IOException {
        SoakFiles files = new SoakFiles(directory);
        Files.writeString(directory.resolve("none"), "-".repeat(3 * PIECE));
        assertThat(files.containing("needle")).isZero();
        int found = 0;
        for (int at : new int[] {0, PIECE - 6, PIECE - 5, PIECE - 1, PIECE, 2 * PIECE - 3}) {
            Files.writeString(directory.resolve("at" + at), "-".repeat(at) + "needle");
            assertThat(files.containing("needle")).as("at %s", at).isEqualTo(++found);
        }
        assertThat(files.bytes()).isEqualTo(3L * PIECE + 6 * 6 + 6L * PIECE - 15);
    }

    @Test
    void countsFilesElsewhereThatAreWritten() throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "this system does not tell what is open");
        SoakFiles files = new SoakFiles(directory);
        try (OutputStream inside = Files.newOutputStream(directory.resolve("inside"))) {
            inside.write(1);
            assertThat(files.opened()).isZero();
        }
        try (OutputStream outside = Files.newOutputStream(elsewhere.resolve("outside"))) {
            outside.write(1);
            assertThat(files.opened()).isEqualTo(1);
        }
        assertThat(files.opened()).isZero();
    }
}
