package dev.hadal.cli;

import dev.hadal.checkpoint.DirectoryFiles;
import dev.hadal.checkpoint.ModelFiles;
import dev.hadal.nano.EmbeddedModel;
import dev.hadal.tokenizer.Tokenizer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which model: a directory, or else the embedded one. */
final class ModelOption {
    /** Twice the largest tokenizer known. */
    private static final long MAX_TOKENIZER_BYTES = 64L << 20;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "DIR",
            description = "Directory of the model as published; the embedded model if not given.")
    private @Nullable Path directory;

    /** The files, to be closed by the caller. */
    ModelFiles files() {
        return directory == null ? EmbeddedModel.files() : DirectoryFiles.open(directory);
    }

    /** The tokenizer alone; a directory needs no other file for it. */
    Tokenizer tokenizer() {
        try (ModelFiles files = files()) {
            String file = "tokenizer.json";
            return Tokenizer.parse(files.read(file, MAX_TOKENIZER_BYTES), files.origin() + ": " + file);
        }
    }
}
