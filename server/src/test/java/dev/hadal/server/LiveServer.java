package dev.hadal.server;

import dev.hadal.ChatBackend;
import dev.hadal.chat.Usage;
import dev.hadal.checkpoint.ModelFiles;
import dev.hadal.engine.EngineOptions;
import dev.hadal.nano.EmbeddedModel;
import dev.hadal.server.api.Decisions;
import dev.hadal.server.api.LegacyAliases;
import dev.hadal.server.api.ModelNames;
import dev.hadal.server.api.Replies;
import dev.hadal.server.api.ServedModel;
import dev.hadal.server.api.ToolCallIds;
import dev.hadal.server.http.Route;
import dev.hadal.server.ops.AccessLog;
import dev.hadal.server.script.Script;
import dev.hadal.server.script.ScriptReader;
import dev.hadal.server.script.ScriptedBackend;
import dev.hadal.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server on loopback that answers from a script, and a client for it. */
final class LiveServer implements AutoCloseable {
    private static final int MAX_BYTES = 64 << 20;
    /** Held, since a logger that nobody holds forgets its level. */
    private static final Logger QUIET = Logger.getLogger(AccessLog.LOGGER);

    static {
        QUIET.setLevel(Level.WARNING);
    }

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<ChatBackend> backends = new ArrayList<>();
    private final List<Cost> costs = new CopyOnWriteArrayList<>();
    private final HadalServer server;

    /**
     * What a request cost, as it was reported.
     *
     * @param model the name that was told
     * @param tokens the usage
     * @param end why it ended; {@code failed} if it did
     */
    record Cost(String model, Usage tokens, String end) {}

    private LiveServer(String yaml, Decisions decisions, Clock clock) {
        Script script = ScriptReader.parse(yaml, "test.yaml");
        Tokenizer tokenizer = tokenizer();
        List<ServedModel> models = new ArrayList<>();
        for (String name : List.of("deepseek-v4-flash", "deepseek-v4-pro")) {
            ChatBackend backend = ScriptedBackend.open(script, name, tokenizer, EngineOptions.defaults());
            backends.add(backend);
            models.add(new ServedModel(name, backend));
        }
        ModelNames names = new ModelNames(models, LegacyAliases.BY_DATE, decisions.mapUnknownModels(), clock);
        Replies replies = new Replies(
                decisions,
                (exchange, served, usage, timings, end) ->
                        costs.add(new Cost(served.model(), usage, end == null ? "failed" : end.name())),
                new ToolCallIds());
        List<Route> routes = new ApiRoutes(names, replies, principal -> Optional.empty(), clock).routes();
        ServerConfig config = ServerConfig.of(ServerConfig.settings().with("port", "0", "test"));
        this.server = HadalServer.start(config, desk -> routes, clock);
        server.ready();
    }

    static LiveServer start(String yaml) {
        return start(yaml, Decisions.compatible());
    }

    static LiveServer start(String yaml, Decisions decisions) {
        return new LiveServer(yaml, decisions, Clock.systemUTC());
    }

    private static Tokenizer tokenizer() {
        try (ModelFiles files = EmbeddedModel.files()) {
            return Tokenizer.parse(files.read("tokenizer.json", MAX_BYTES), "tokenizer.json");
        }
    }

    /** What requests cost so far. */
    List<Cost> costs() {
        return costs;
    }

    /** The backend of the smaller model. */
    ChatBackend flash() {
        return backends.getFirst();
    }

    URI uri(String path) {
        return server.uri().resolve(path);
    }

    HttpResponse<String> post(String path, String body) {
        return send(HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
                .build());
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(uri(path)).GET().build());
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The body of a good response. */
    JsonNode json(String path, String body) {
        HttpResponse<String> response = post(path, body);
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
        return JsonMapper.shared().readTree(response.body());
    }

    /** The data of the events of a stream. */
    static List<String> data(HttpResponse<String> response) {
        return response.body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    @Override
    public void close() {
        server.close();
        backends.forEach(ChatBackend::close);
        client.close();
    }
}
