package dev.hadal.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The npm packages openai, @anthropic-ai/sdk and ai, installed below target when these tests run for the first time. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class NodeClientsTest {
    private static final Path DIRECTORY = Path.of("target/node");
    private static final List<String> FILES = List.of("package.json", "openai.mjs", "anthropic.mjs", "ai.mjs");

    private ScriptedServer server;

    @BeforeAll
    void start() throws IOException, InterruptedException {
        assumeTrue(run(Path.of("."), "node", "--version").success(), "Node is not there, its clients are not tried");
        Files.createDirectories(DIRECTORY);
        for (String file : FILES) {
            Files.write(DIRECTORY.resolve(file), Files.readAllBytes(ScriptedServer.resource("node/" + file)));
        }
        if (!Files.exists(DIRECTORY.resolve("node_modules/.package-lock.json"))) {
            Outcome installed = run(
                    DIRECTORY, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts");
            assumeTrue(installed.success(), "npm cannot install the clients for Node, they are not tried");
        }
        server = ScriptedServer.start("clients.yaml");
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"openai.mjs, /v1", "anthropic.mjs, /anthropic", "ai.mjs, /v1"})
    void runsItsScenario(String scenario, String path) throws IOException, InterruptedException {
        Outcome outcome = run(DIRECTORY, "node", scenario, server.address() + path);
        assertThat(outcome.success()).as(outcome.output()).isTrue();
    }

    /** How a program ended. */
    private record Outcome(boolean success, String output) {}

    private static Outcome run(Path directory, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("hadal-it", ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean over = process.waitFor(200, TimeUnit.SECONDS);
            process.destroyForcibly();
            return new Outcome(over && process.exitValue() == 0, Files.readString(output));
        } catch (IOException e) {
            return new Outcome(false, e.toString());
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
