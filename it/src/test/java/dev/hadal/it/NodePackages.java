package dev.hadal.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The npm packages of these tests, installed below target when they are wanted for the first time, and their scripts. */
final class NodePackages {
    private static final Path DIRECTORY = Path.of("target/node");
    private static final List<String> FILES =
            List.of("package.json", "openai.mjs", "anthropic.mjs", "ai.mjs", "silence.mjs");
    private static final Duration SOON = Duration.ofSeconds(200);

    private NodePackages() {}

    /**
     * How a program ended.
     *
     * @param success with 0, and in time
     * @param output what it wrote
     */
    record Outcome(boolean success, String output) {}

    /** Installs them with the {@code npm} of the path; why that cannot be done, empty if it is done. */
    static String install() throws IOException, InterruptedException {
        if (!run(Path.of("."), SOON, "node", "--version").success()) {
            return "Node is not there, its clients are not tried";
        }
        Files.createDirectories(DIRECTORY);
        for (String file : FILES) {
            Files.write(DIRECTORY.resolve(file), Files.readAllBytes(ScriptedServer.resource("node/" + file)));
        }
        if (!Files.exists(DIRECTORY.resolve("node_modules/.package-lock.json"))) {
            Outcome installed = run(
                    DIRECTORY,
                    SOON,
                    "npm",
                    "install",
                    "--no-audit",
                    "--no-fund",
                    "--no-package-lock",
                    "--ignore-scripts");
            return installed.success() ? "" : "npm cannot install the clients for Node, they are not tried";
        }
        return "";
    }

    /** Runs a script of theirs with the {@code node} of the path. */
    static Outcome run(Duration limit, String script, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("node", script));
        command.addAll(List.of(arguments));
        return run(DIRECTORY, limit, command.toArray(String[]::new));
    }

    private static Outcome run(Path directory, Duration limit, String... command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("hadal-it", ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean over = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            process.destroyForcibly();
            return new Outcome(over && process.exitValue() == 0, Files.readString(output));
        } catch (IOException e) {
            return new Outcome(false, e.toString());
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
