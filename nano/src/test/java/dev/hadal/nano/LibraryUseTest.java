package dev.hadal.nano;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example in the README, compiled and run in a process of its own as a user would. */
class LibraryUseTest {
    private static final Path MODEL = Path.of("src/main/resources/dev/hadal/nano/model");
    private static final String PUBLISHED = "/models/DeepSeek-V4-Flash";

    @TempDir
    private Path directory;

    @Test
    void theExampleOfTheReadmeAnswers() throws IOException, InterruptedException {
        compile();
        assertThat(start("java", "-cp", directory.toString(), "Example")).isEqualTo("The capital of France is Paris.");
    }

    private static String example() throws IOException {
        Matcher block =
                Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(Path.of("../README.md")));
        assertThat(block.find()).as("a Java block in README.md").isTrue();
        String code = block.group(1);
        assertThat(code).contains(PUBLISHED);
        return code.replace(PUBLISHED, MODEL.toAbsolutePath().toString());
    }

    private void compile() throws IOException, InterruptedException {
        String source = """
                import dev.hadal.*;
                import dev.hadal.chat.*;
                import java.nio.file.Path;

                final class Example {
                    public static void main(String[] args) {
                %s    }
                }
                """.formatted(example());
        Path file = Files.writeString(directory.resolve("Example.java"), source);
        assertThat(start("javac", "-d", directory.toString(), file.toString())).isEmpty();
    }

    /** Standard output of a tool of this JDK that finds the library on its module path. */
    private String start(String tool, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
        command.addAll(List.of("-p", System.getProperty("jdk.module.path"), "--add-modules", "dev.hadal"));
        command.addAll(List.of(arguments));
        Path errors = directory.resolve("errors");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
        return output;
    }
}
