package dev.hadal.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The files of one model, by plain name. A directory is one implementation; a model carried inside a program can bring
 * another. Names never contain a path.
 */
public interface ModelFiles extends AutoCloseable {
    /** Where the files come from, for messages: a directory path or a description. */
    String origin();

    /** Names of all files, sorted. */
    List<String> names();

    /** Whether there is a readable file of that name. */
    boolean exists(String file);

    /**
     * Bytes of a file.
     *
     * @throws CheckpointException when there is no such file
     */
    long size(String file);

    /**
     * A whole small file.
     *
     * @param maxBytes the largest acceptable size; checked before anything is read
     * @throws CheckpointException when it is missing, larger or unreadable
     */
    byte[] read(String file, long maxBytes);

    /**
     * The bytes of a file, read-only, valid until {@link #close}.
     *
     * @throws CheckpointException when it is missing or cannot be mapped
     */
    MemorySegment map(String file);

    /** Releases every mapping; calling it again does nothing. */
    @Override
    void close();
}
