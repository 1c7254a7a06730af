package dev.hadal.cli.bench;

import dev.hadal.checkpoint.ModelFiles;
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
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server of this process that answers from the script of the soaks, on a free port of the loopback. */
public final class SoakServer implements AutoCloseable {
    private static final int MOST_TOKENIZER_BYTES = 64 << 20;
    private static final String ORIGIN = "the script of the soaks";

    private final ServedModels models = new ServedModels();
    private final HadalServer server;
    private final Logs logs;

    private SoakServer(String script, Map<String, String> settings, OutputStream log, @Nullable Path ledger) {
        Settings all = ServerConfig.settings().with("port", "0", ORIGIN);
        settings.forEach((name, value) -> all.with(name, value, ORIGIN));
        all.with("ledger", ledger == null ? "off" : ledger.toString(), ORIGIN);
        ServerConfig config = ServerConfig.of(all);
        Script rules = ScriptReader.parse(script, ORIGIN);
        Tokenizer tokenizer = tokenizer();
        for (String name : List.of(SoakScript.FLASH, SoakScript.PRO)) {
            models.add(List.of(name), () -> ScriptedBackend.open(rules, name, tokenizer, config.engine()));
        }
        logs = Logs.to(log, false, ledger != null);
        server = HadalServer.start(config, desk -> ServedApi.routes(desk, models), Clock.systemUTC());
        models.open();
        server.ready();
    }

    /**
     * Starts one.
     *
     * @param script what it answers
     * @param settings other than the usual ones
     * @param log where it writes what operators should know
     */
    public static SoakServer start(String script, Map<String, String> settings, OutputStream log) {
        return new SoakServer(script, settings, log, null);
    }

    /**
     * Starts one that keeps a ledger, and a log with a line for each request.
     *
     * @param script what it answers
     * @param settings other than the usual ones
     * @param directory where it keeps them
     */
    public static SoakServer keeping(String script, Map<String, String> settings, Path directory) throws IOException {
        OutputStream log = Files.newOutputStream(directory.resolve("hadal.log"));
        return new SoakServer(script, settings, log, directory.resolve("usage.db"));
    }

    private static Tokenizer tokenizer() {
        try (ModelFiles files = EmbeddedModel.files()) {
            return Tokenizer.parse(files.read("tokenizer.json", MOST_TOKENIZER_BYTES), "tokenizer.json");
        }
    }

    /** Where it listens. */
    public URI uri() {
        return server.uri();
    }

    @Override
    public void close() {
        models.close();
        server.close();
        logs.end();
    }
}
