package dev.hadal.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The project's own source files, whatever directory the tests run in. */
final class SourceTree {
    private SourceTree() {}

    /** The directory that holds the launcher and the modules. */
    static Path root() {
        Path start = Path.of("").toAbsolutePath();
        for (Path at = start; at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("mvnw")) && Files.isDirectory(at.resolve("core"))) {
                return at;
            }
        }
        throw new IllegalStateException("no project root (a directory with mvnw and core) above " + start);
    }

    /** Every Java file under {@code src/main/java} of every module, in path order. */
    static List<Path> mainSources() {
        return sources("src/main/java");
    }

    /** Every Java file under {@code src/test/java} of every module, in path order. */
    static List<Path> testSources() {
        return sources("src/test/java");
    }

    private static List<Path> sources(String folder) {
        try (Stream<Path> modules = Files.list(root())) {
            return modules.map(module -> module.resolve(folder))
                    .filter(Files::isDirectory)
                    .flatMap(SourceTree::javaFiles)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> javaFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text of a source file. */
    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The package that a source text declares; the empty name for {@code module-info}. */
    static String packageOf(String source) {
        return source.lines()
                .filter(line -> line.startsWith("package "))
                .map(line -> line.substring("package ".length(), line.indexOf(';')))
                .findFirst()
                .orElse("");
    }

    /** The name of the class that a source file is named after. */
    static String simpleName(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(0, name.length() - ".java".length());
    }
}
