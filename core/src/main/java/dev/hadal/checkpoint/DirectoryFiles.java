package dev.hadal.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A model directory as published. Files may be symbolic links, as in the download cache of Hugging Face. Mappings are
 * read-only, use 64-bit offsets, and take no heap: a model larger than memory stays on disk.
 */
public final class DirectoryFiles implements ModelFiles {
    private final Path directory;
    private final Arena arena = Arena.ofShared();

    private DirectoryFiles(Path directory) {
        this.directory = directory;
    }

    /**
     * Opens a directory; nothing is read yet.
     *
     * @throws CheckpointException when there is no such directory
     */
    public static DirectoryFiles open(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new CheckpointException(
                    directory.toString(),
                    Files.exists(directory) ? "is a file, not a directory" : "there is no such directory",
                    "Give the directory that holds config.json and the safetensors files");
        }
        return new DirectoryFiles(directory);
    }

    @Override
    public String origin() {
        return directory.toString();
    }

    @Override
    public List<String> names() {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(Files::isRegularFile)
                    .map(entry -> String.valueOf(entry.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new CheckpointException(origin(), "cannot be listed: " + e.getMessage(), "Check its permissions", e);
        }
    }

    @Override
    public boolean exists(String file) {
        return Files.isRegularFile(path(file));
    }

    @Override
    public long size(String file) {
        requireExists(file);
        try {
            return Files.size(path(file));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    @Override
    public byte[] read(String file, long maxBytes) {
        long size = size(file);
        if (size > maxBytes) {
            throw new CheckpointException(
                    path(file).toString(),
                    "is " + size + " bytes long, more than the " + maxBytes + " that such a file may have",
                    "Check that it is the published file");
        }
        try (InputStream in = Files.newInputStream(path(file))) {
            return in.readNBytes(Math.toIntExact(maxBytes));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    @Override
    public MemorySegment map(String file) {
        requireExists(file);
        try (FileChannel channel = FileChannel.open(path(file), StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private void requireExists(String file) {
        if (!exists(file)) {
            throw new CheckpointException(path(file).toString(), "there is no such file", "Download the model again");
        }
    }

    private CheckpointException unreadable(String file, IOException cause) {
        return new CheckpointException(
                path(file).toString(), "cannot be read: " + cause.getMessage(), "Check permissions and disk", cause);
    }

    private Path path(String file) {
        Path relative = Path.of(file);
        if (relative.getNameCount() != 1 || relative.isAbsolute() || file.equals("..") || file.equals(".")) {
            throw new IllegalArgumentException("not a plain file name: " + file);
        }
        return directory.resolve(relative);
    }
}
