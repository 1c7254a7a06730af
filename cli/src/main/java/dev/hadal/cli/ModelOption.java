package dev.hadal.cli;

import dev.hadal.chat.EffortRules;
import dev.hadal.checkpoint.DirectoryFiles;
import dev.hadal.checkpoint.ModelFiles;
import dev.hadal.model.v4.V4Config;
import dev.hadal.nano.EmbeddedModel;
import dev.hadal.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which model: a directory, or else the embedded one. */
final class ModelOption {
    /** A configuration is under 3 KB. */
    private static final long MAX_CONFIG_BYTES = 1 << 20;
    /** The tokenizer of V4 is 6 MB long. */
    private static final long MAX_TOKENIZER_BYTES = 64L << 20;

    private static final String CONFIG = "config.json";
    private static final String TOKENIZER = "tokenizer.json";

    @Option(
            names = {"-m", "--model"},
            paramLabel = "DIR",
            description = "Directory of the model as published; the embedded model if not given.")
    private @Nullable Path directory;

    /** Whether it is a directory. */
    boolean isDirectory() {
        return directory != null;
    }

    /** The files, to be closed by the caller. */
    ModelFiles files() {
        return directory == null ? EmbeddedModel.files() : DirectoryFiles.open(directory);
    }

    /** The tokenizer alone; a directory needs no other file for it. */
    Tokenizer tokenizer() {
        try (ModelFiles files = files()) {
            return Tokenizer.parse(files.read(TOKENIZER, MAX_TOKENIZER_BYTES), files.origin() + ": " + TOKENIZER);
        }
    }

    /** The effort rules that the model was released with; without a configuration, those of the first releases. */
    EffortRules rules() {
        try (ModelFiles files = files()) {
            return files.exists(CONFIG) && config(files).declaresDspark() ? EffortRules.GA : EffortRules.PREVIEW;
        }
    }

    /** The bytes of a {@code config.json} that lies anywhere. */
    static byte[] readConfig(Path file) {
        try {
            long size = Files.size(file);
            if (size > MAX_CONFIG_BYTES) {
                throw new CommandException(file + " is " + size + " bytes long, too much for a config.json");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CommandException(file + " cannot be read; give the config.json of a DeepSeek-V4", e);
        }
    }

    /** The configuration among a model's files. */
    static V4Config config(ModelFiles files) {
        return V4Config.parse(files.read(CONFIG, MAX_CONFIG_BYTES), files.origin() + ": " + CONFIG);
    }
}
