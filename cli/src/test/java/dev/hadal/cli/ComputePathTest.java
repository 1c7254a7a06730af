package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.DeepSeek;
import dev.hadal.OpenOptions;
import dev.hadal.WeightPlacement;
import dev.hadal.kernel.KernelChoice;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.nano.EmbeddedModel;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** JVMs that can't run vector kernels are processes of their own here. */
@Timeout(120)
class ComputePathTest {
    private static final String[] NO_MODULE = {};
    private static final String[] NO_C2 = {"--add-modules", "jdk.incubator.vector", "-XX:TieredStopAtLevel=1"};
    private static final String[] QUESTION = {"--think", "off", "What is the capital of France?"};
    private static final String MODULE_MISSING = "this JVM was started without the module jdk.incubator.vector; the"
            + " launcher adds it, and --add-modules jdk.incubator.vector does";
    private static final String C2_MISSING =
            "this JVM runs without its C2 compiler \\(mixed mode, emulated-client.*\\);"
                    + " start it without -Xint, -XX:TieredStopAtLevel and -XX:CompilationMode";
    private static final String SLOWER = "hadal: the plain kernels are used, many times slower: ";
    private static final String REFUSED = "hadal: --require-vector: there are no vector kernels: ";

    @TempDir
    Path folder;

    @Test
    void withoutTheVectorModuleOneSentenceSaysWhyItIsSlow() throws IOException, InterruptedException {
        Cli.Result result = hadal(NO_MODULE, "run");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).isEqualTo("The capital of France is Paris.\n");
        assertThat(result.err()).isEqualTo(SLOWER + MODULE_MISSING + "\n");
    }

    @Test
    void withoutTheVectorModuleItIsRefusedWhereVectorsAreRequired() throws IOException, InterruptedException {
        assertThat(hadal(NO_MODULE, "run", "--require-vector"))
                .isEqualTo(new Cli.Result(1, "", REFUSED + MODULE_MISSING + "\n"));
    }

    @Test
    void withoutC2OneSentenceSaysWhyItIsSlow() throws IOException, InterruptedException {
        Cli.Result result = hadal(NO_C2, "run");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).isEqualTo("The capital of France is Paris.\n");
        assertThat(result.err()).matches(SLOWER + C2_MISSING + "\n");
    }

    @Test
    void withoutC2ItIsRefusedWhereVectorsAreRequired() throws IOException, InterruptedException {
        List<List<String>> commands = List.of(
                List.of("run", "--require-vector", "x"),
                List.of("chat", "--require-vector"),
                List.of("logits", "--require-vector", "--ids", "1", "--out", "none"));
        for (List<String> command : commands) {
            Cli.Result result = start(NO_C2, command);
            assertThat(result.code()).as(result.err()).isEqualTo(1);
            assertThat(result.out()).isEmpty();
            assertThat(result.err()).matches(REFUSED + C2_MISSING + "\n");
        }
    }

    @Test
    void saysKernelsThreadsAndWhereTheWeightsAre() {
        OpenOptions options = OpenOptions.defaults().withThreads(1);
        try (DeepSeek model = DeepSeek.open(EmbeddedModel.files(), options.withKernels(KernelChoice.VECTOR))) {
            assertThat(ComputePath.of(model))
                    .isEqualTo(
                            "vector kernels of " + KernelSelector.preferredBits() + " bits, 1 thread, weights mapped");
        }
        OpenOptions copied = OpenOptions.defaults().withThreads(2).withWeights(WeightPlacement.MEMORY);
        try (DeepSeek model = DeepSeek.open(EmbeddedModel.files(), copied)) {
            assertThat(ComputePath.of(model))
                    .matches("vector kernels of " + KernelSelector.preferredBits()
                            + " bits as soon as they are compiled, 2 threads, weights copied into memory"
                            + " \\([0-9.]+ MB\\)");
        }
    }

    private Cli.Result hadal(String[] jvm, String... words) throws IOException, InterruptedException {
        return start(jvm, Stream.concat(Stream.of(words), Stream.of(QUESTION)).toList());
    }

    /** Runs a command on the class path, where no module asks for the vector module. */
    private Cli.Result start(String[] jvm, List<String> words) throws IOException, InterruptedException {
        String classPath = Stream.of("jdk.module.path", "java.class.path", "surefire.test.class.path")
                .map(place -> System.getProperty(place, ""))
                .filter(places -> !places.isEmpty())
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx512m", "--enable-native-access=ALL-UNNAMED", "-cp", classPath));
        command.addAll(List.of(jvm));
        command.add(Main.class.getName());
        command.addAll(words);
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectError(err.toFile())
                .start();
        try {
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            // The JVM's own line cannot be switched off.
            String said = Files.readAllLines(err).stream()
                    .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
                    .map(line -> line + "\n")
                    .collect(Collectors.joining());
            return new Cli.Result(process.exitValue(), out, said);
        } finally {
            process.destroyForcibly();
        }
    }
}
