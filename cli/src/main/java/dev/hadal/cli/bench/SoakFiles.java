package dev.hadal.cli.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a server of this process writes: the directory that it keeps its files in, and what else is open for writing. */
final class SoakFiles {
    private static final Path OPEN = Path.of("/proc/self/fd");
    private static final Path OPEN_HOW = Path.of("/proc/self/fdinfo");
    private static final int OCTAL = 8;
    private static final int ACCESS = 3;
    private static final int STANDARD_STREAMS = 3;
    private static final int PIECE = 1 << 16;

    private final Path directory;
    private final Set<String> before;

    /** Notes what is open already. */
    SoakFiles(Path directory) throws IOException {
        this.directory = directory.toRealPath();
        this.before = others();
    }

    /** Bytes of all files in the directory. */
    long bytes() throws IOException {
        long bytes = 0;
        for (Path file : files()) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    /** How many files in the directory contain a text. */
    int containing(String text) throws IOException {
        int found = 0;
        for (Path file : files()) {
            found += contains(file, text) ? 1 : 0;
        }
        return found;
    }

    private static boolean contains(Path file, String text) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            // The end of a piece is looked at again with the next one, as the text may lie across.
            String rest = "";
            for (byte[] piece = in.readNBytes(PIECE); piece.length > 0; piece = in.readNBytes(PIECE)) {
                String read = rest + new String(piece, StandardCharsets.ISO_8859_1);
                if (read.contains(text)) {
                    return true;
                }
                rest = read.substring(Math.max(0, read.length() - text.length() + 1));
            }
            return false;
        }
    }

    /** How many files elsewhere this process has opened for writing since, and not closed; 0 where the system does not tell. */
    int opened() throws IOException {
        Set<String> now = others();
        now.removeAll(before);
        return now.size();
    }

    private Set<String> others() throws IOException {
        Set<String> others = new TreeSet<>();
        if (!Files.isDirectory(OPEN)) {
            return others;
        }
        List<Path> open;
        try (Stream<Path> all = Files.list(OPEN)) {
            open = all.toList();
        }
        for (Path descriptor : open) {
            String number = descriptor.getFileName().toString();
            try {
                Path file = Files.readSymbolicLink(descriptor);
                if (Integer.parseInt(number) >= STANDARD_STREAMS
                        && Files.isRegularFile(file)
                        && !file.startsWith(directory)
                        && forWriting(number)) {
                    others.add(file.toString());
                }
            } catch (IOException _) {
                // It was closed since it was listed.
            }
        }
        return others;
    }

    private static boolean forWriting(String descriptor) throws IOException {
        for (String line : Files.readAllLines(OPEN_HOW.resolve(descriptor))) {
            if (line.startsWith("flags:")) {
                return (Long.parseLong(line.substring(line.indexOf(':') + 1).strip(), OCTAL) & ACCESS) != 0;
            }
        }
        return false;
    }
}
