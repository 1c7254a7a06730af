package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class KernelSelectorTest {

    @Test
    void startsOnTheVectorKernelsWhenTheyAreDemanded() {
        List<String> warnings = new ArrayList<>();
        Kernels kernels = KernelSelector.select(KernelChoice.VECTOR, warnings::add);
        assertThat(kernels.name()).isEqualTo("vector, " + KernelSelector.preferredBits() + " bit");
        assertThat(warnings).isEmpty();
    }

    @Test
    void warmsTheVectorKernelsUpWhenNothingIsDemanded() {
        Kernels kernels = KernelSelector.select(KernelChoice.AUTO, warning -> {});
        assertThat(kernels).isInstanceOf(WarmingKernels.class);
        ((WarmingKernels) kernels).close();
    }

    @Test
    void usesThePlainKernelsWhenTheyAreDemanded() {
        assertThat(KernelSelector.select(KernelChoice.SCALAR, warning -> {}).name())
                .isEqualTo("scalar");
    }

    @Test
    void refusesWidthsThatNoVectorHas() {
        assertThatThrownBy(() -> KernelSelector.vector(100))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("vector kernels of 100 bits cannot be defined: ");
    }

    /** The launcher adds the module; a program that has the library on its class path may not. */
    @Test
    @Timeout(60)
    void withoutTheVectorModuleThePlainKernelsWorkAndOneSentenceSaysWhy()
            throws IOException, InterruptedException, URISyntaxException {
        String classPath = root(KernelSelector.class) + File.pathSeparator + root(WithoutVectorModule.class);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-cp",
                        classPath,
                        WithoutVectorModule.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        String missing = "this JVM was started without the module jdk.incubator.vector;"
                + " --add-modules jdk.incubator.vector adds it";
        assertThat(output.lines())
                .containsExactly(
                        "module present: false",
                        "preferred bits: 0",
                        "warning: the plain kernels are used, several times slower: " + missing,
                        "kernels: scalar",
                        "sum: 9.0",
                        "refused: there are no vector kernels: " + missing);
    }

    /** The directory that a class was loaded from. */
    private static Path root(Class<?> type) throws URISyntaxException {
        URI file = Objects.requireNonNull(type.getResource(type.getSimpleName() + ".class"))
                .toURI();
        Path path = Path.of(file);
        for (int i = type.getName().split("\\.", -1).length; i > 0; i--) {
            path = Objects.requireNonNull(path.getParent());
        }
        return path;
    }
}
