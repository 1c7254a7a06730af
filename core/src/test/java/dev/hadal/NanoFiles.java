package dev.hadal;

import dev.hadal.checkpoint.MemoryFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of the embedded model, which lie in the neighbouring module, for tests that change one of them. */
final class NanoFiles {
    static final Path DIRECTORY = Path.of("../nano/src/main/resources/dev/hadal/nano/model");

    private NanoFiles() {}

    static String text(String file) {
        return new String(bytes(file), StandardCharsets.UTF_8);
    }

    /** All that a model needs but for its tokenizer. */
    static MemoryFiles withoutTokenizer() {
        MemoryFiles files = new MemoryFiles();
        for (String name : new String[] {
            "config.json", "generation_config.json", "model.safetensors.index.json", "model-00001-of-00001.safetensors"
        }) {
            files.with(name, bytes(name));
        }
        return files;
    }

    private static byte[] bytes(String file) {
        try {
            return Files.readAllBytes(DIRECTORY.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
