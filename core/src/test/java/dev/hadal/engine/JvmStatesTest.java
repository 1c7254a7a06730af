package dev.hadal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.model.v4.DeepSeekV4;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interpreted, compiled quickly or compiled well: the same bits. The reference is the engine of this JVM on vectors. */
class JvmStatesTest {
    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-XX:-TieredCompilation"})
    void whateverTheJvmDoesWithTheCodeTheBitsAreTheSame(String state) throws IOException, InterruptedException {
        List<TinyV4.Answer> expected;
        try (TinyV4 tiny = new TinyV4();
                DeepSeekV4 model = tiny.model(2, 64)) {
            expected = PlainEngine.answers(tiny, model);
        }
        assertThat(expected).hasSize(3).allMatch(answer -> answer.ids().size() == 6);
        assertThat(run(state)).isEqualTo(expected.toString());
    }

    private static String run(String state) throws IOException, InterruptedException {
        // As modules under Maven, from the class path elsewhere.
        String classes = Stream.of("target/test-classes", property("jdk.module.path"), property("java.class.path"))
                .filter(path -> !path.isEmpty())
                .collect(Collectors.joining(":"));
        Process process = new ProcessBuilder(
                        Path.of(property("java.home"), "bin", "java").toString(),
                        state,
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-Xmx512m",
                        "-cp",
                        classes,
                        PlainEngine.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return output.strip();
    }

    private static String property(String name) {
        return Objects.requireNonNullElse(System.getProperty(name), "");
    }
}
