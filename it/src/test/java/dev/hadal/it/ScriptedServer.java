package dev.hadal.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged command line in a process of its own, serving a script on a free port. */
final class ScriptedServer implements AutoCloseable {
    private static final Path IMAGE = Path.of("../cli/target");
    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)");

    private final Process process;
    private final Path log;
    private final String address;

    private ScriptedServer(Process process, Path log, String address) {
        this.process = process;
        this.log = log;
        this.address = address;
    }

    /** Starts a server of a script among the resources, and waits until it has said where it listens. */
    static ScriptedServer start(String script) {
        return start(resource(script));
    }

    /** Starts a server of a script, and waits until it has said where it listens. */
    static ScriptedServer start(Path script) {
        try {
            Path log = Files.createTempDirectory("hadal-it").resolve("log");
            Process process = serve(log, List.of("--port", "0", "--script", script.toString()));
            return new ScriptedServer(process, log, address(process, log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts {@code hadal serve} with options, and a ledger beside its log. */
    static Process serve(Path log, List<String> options) throws IOException {
        Path jar = IMAGE.resolve("hadal-cli.jar");
        Path libraries = IMAGE.resolve("lib");
        assumeThat(jar).as("the packaged command line; run ./mvnw verify").exists();
        assumeThat(libraries).as("the packaged libraries; run ./mvnw verify").exists();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx1g", "-p", jar + java.io.File.pathSeparator + libraries));
        command.addAll(
                List.of("--add-modules", "dev.hadal.server", "--enable-native-access=dev.hadal,org.xerial.sqlitejdbc"));
        command.addAll(List.of("-m", "dev.hadal.cli/dev.hadal.cli.Main", "serve"));
        command.addAll(List.of("--ledger", log.resolveSibling("usage.db").toString()));
        command.addAll(options);
        return new ProcessBuilder(command).redirectError(log.toFile()).start();
    }

    private static String address(Process process, Path log) throws IOException {
        BufferedReader output = process.inputReader();
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            Matcher address = ADDRESS.matcher(line);
            if (address.find()) {
                // Nobody reads the rest of the banner, which must not fill the pipe.
                Thread.ofVirtual().start(() -> output.lines().forEach(rest -> {}));
                return address.group();
            }
        }
        throw new AssertionError("the server ended before it listened:\n" + said + Files.readString(log));
    }

    /** Where a resource of these tests lies. */
    static Path resource(String name) {
        try {
            return Path.of(ScriptedServer.class.getResource("/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** The address without a path, such as {@code http://127.0.0.1:8000}. */
    String address() {
        return address;
    }

    /** Tells the server to stop; it may be told again. */
    void terminate() {
        process.destroy();
    }

    /** The exit code, once the server has ended. */
    int exitCode() {
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS))
                    .as("the server stops")
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Stops the server as an operator would, and expects it to end well. */
    @Override
    public void close() {
        process.destroy();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS))
                    .as("the server stops")
                    .isTrue();
            assertThat(Files.readString(log)).doesNotContain("Exception in thread");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            process.destroyForcibly();
        }
    }
}
