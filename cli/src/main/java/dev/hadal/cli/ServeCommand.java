package dev.hadal.cli;

import dev.hadal.ChatBackend;
import dev.hadal.DeepSeek;
import dev.hadal.OpenOptions;
import dev.hadal.checkpoint.DirectoryFiles;
import dev.hadal.model.NumericsMode;
import dev.hadal.nano.EmbeddedModel;
import dev.hadal.server.HadalServer;
import dev.hadal.server.ServedApi;
import dev.hadal.server.ServedModels;
import dev.hadal.server.ServerConfig;
import dev.hadal.server.config.Settings;
import dev.hadal.server.ops.Logs;
import dev.hadal.server.script.Script;
import dev.hadal.server.script.ScriptReader;
import dev.hadal.server.script.ScriptedBackend;
import dev.hadal.tokenizer.Tokenizer;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hadal serve}: the DeepSeek API on this machine. */
@Command(
        name = "serve",
        description =
                "Serves the DeepSeek API: point any OpenAI or Anthropic client at it. Without --model, the embedded"
                        + " model answers to the names of the hosted service.",
        footer = {
            "",
            "  hadal serve",
            "  hadal serve --model deepseek-v4-flash=~/DeepSeek-V4-Flash --port 9000",
            "  hadal serve --script answers.yaml",
            "  hadal serve --print-config"
        })
final class ServeCommand implements Runnable {
    private static final String FLASH = "deepseek-v4-flash";
    private static final String PRO = "deepseek-v4-pro";
    private static final String NANO = "hadal-nano";

    private final Terminal terminal;
    private final HadalCommand hadal;
    /** Some come from the threads that compile kernels. */
    private final List<String> notices = Collections.synchronizedList(new ArrayList<>());

    private final Map<String, DeepSeek> opened = new LinkedHashMap<>();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ServerSettings server = new ServerSettings();

    @Mixin
    private NumericsOption numerics = new NumericsOption();

    @Option(
            names = {"-m", "--model"},
            paramLabel = "NAME=DIR",
            description = "Serves the model in a directory under a name. May be given several times.")
    private Map<String, Path> models = new LinkedHashMap<>();

    @Option(
            names = "--script",
            paramLabel = "FILE",
            description = "Answers from rules instead of a model (YAML), for tests of other programs.")
    private @Nullable Path script;

    @Option(names = "--print-config", description = "Print every setting with its value and end.")
    private boolean printConfig;

    ServeCommand(Terminal terminal, HadalCommand hadal) {
        this.terminal = terminal;
        this.hadal = hadal;
    }

    @Override
    public void run() {
        Settings settings = server.settings();
        ServerConfig config = ServerConfig.of(settings);
        if (printConfig) {
            terminal.print(settings.print());
            return;
        }
        settings.models().forEach((name, directory) -> models.putIfAbsent(name, Path.of(directory)));
        if (script != null && !models.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "give either --script or --model, not both");
        }
        StopSignals signals = StopSignals.listen();
        ServerConfig.Logging logging = config.logging();
        Logs logs = Logs.to(new FileOutputStream(FileDescriptor.err), logging.json(), logging.requests());
        ServedModels served = served(config);
        try (HadalServer running =
                HadalServer.start(config, desk -> ServedApi.routes(desk, served), Clock.systemUTC())) {
            serve(running, config, served, signals);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            opened.values().forEach(DeepSeek::close);
            logs.end();
        }
    }

    private void serve(HadalServer running, ServerConfig config, ServedModels served, StopSignals signals)
            throws InterruptedException {
        // A signal is heeded while the models are being opened.
        Thread opening = Thread.ofPlatform().daemon().name("open").unstarted(() -> open(running, served));
        Failure failure = new Failure();
        opening.setUncaughtExceptionHandler((thread, thrown) -> failure.cause = thrown);
        opening.start();
        while (opening.isAlive() && !signals.pending()) {
            opening.join(Duration.ofMillis(50));
        }
        if (failure.cause instanceof RuntimeException cause) {
            throw cause;
        }
        if (failure.cause instanceof Error cause) {
            throw cause;
        }
        if (!signals.pending()) {
            terminal.print(new ServeBanner(running, config, models(), paths(), notices).text());
            terminal.flush();
        }
        signals.await();
        drain(running, signals);
        served.close();
    }

    /** What the thread that opens models ended with. */
    private static final class Failure {
        private volatile @Nullable Throwable cause;
    }

    private void open(HadalServer running, ServedModels served) {
        served.open();
        running.ready();
        if (!opened.isEmpty()) {
            new SpeedReport(running.desk().metrics(), opened).start();
        }
    }

    private void drain(HadalServer running, StopSignals signals) throws InterruptedException {
        Thread draining = Thread.ofPlatform().daemon().name("drain").start(() -> {
            try {
                running.drain(running.drainLimit());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        while (draining.isAlive()) {
            draining.join(Duration.ofMillis(20));
            if (signals.await(Duration.ZERO)) {
                // The second signal: whoever sent it does not want to wait.
                draining.interrupt();
                draining.join();
            }
        }
    }

    private ServedModels served(ServerConfig config) {
        ServedModels served = new ServedModels();
        if (script != null) {
            Script rules = ScriptReader.read(script);
            Tokenizer tokenizer = new ModelOption().tokenizer();
            for (String name : List.of(FLASH, PRO)) {
                served.add(List.of(name), () -> ScriptedBackend.open(rules, name, tokenizer, config.engine()));
            }
            return served;
        }
        OpenOptions options = hadal.options(notices::add)
                .withNumerics(numerics.mode(NumericsMode.W4A8))
                .withEngine(config.engine());
        if (models.isEmpty()) {
            served.add(
                    List.of(FLASH, PRO, NANO),
                    () -> keep(NANO, DeepSeek.open(EmbeddedModel.files(), named(NANO, options))));
        } else {
            models.forEach((name, directory) -> served.add(
                    List.of(name),
                    () -> keep(name, DeepSeek.open(DirectoryFiles.open(directory), named(name, options)))));
        }
        return served;
    }

    private ChatBackend keep(String name, DeepSeek model) {
        opened.put(name, hadal.checked(model));
        return model.chat();
    }

    private OpenOptions named(String name, OpenOptions options) {
        return options.withNotices(notice -> notices.add(name + ": " + notice));
    }

    /** How each open model computes, for the banner. */
    private Map<String, String> paths() {
        Map<String, String> paths = new LinkedHashMap<>();
        opened.forEach((name, model) -> paths.put(name, ComputePath.of(model)));
        return paths;
    }

    /** Name to what answers, for the banner. */
    private Map<String, String> models() {
        Map<String, String> shown = new TreeMap<>();
        if (script != null) {
            shown.put(FLASH, "the script " + script);
            shown.put(PRO, "the script " + script);
        } else if (models.isEmpty()) {
            List.of(FLASH, PRO, NANO).forEach(name -> shown.put(name, "the embedded model, a demonstration"));
        } else {
            models.forEach((name, directory) -> shown.put(name, directory.toString()));
        }
        return shown;
    }
}
