package dev.hadal.server.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.checkpoint.ModelFiles;
import dev.hadal.nano.EmbeddedModel;
import dev.hadal.server.HadalServer;
import dev.hadal.server.ServedApi;
import dev.hadal.server.ServedModels;
import dev.hadal.server.ServerConfig;
import dev.hadal.server.api.ServedModel;
import dev.hadal.server.config.Settings;
import dev.hadal.server.http.RawClient;
import dev.hadal.server.script.CountedPrompts;
import dev.hadal.server.script.Script;
import dev.hadal.server.script.ScriptReader;
import dev.hadal.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A whole server over a script, to be attacked: the real routes, engine, encoder and parser. */
final class ApiTarget implements AutoCloseable {
    static final String CHAT = "/chat/completions";
    static final String MESSAGES = "/anthropic/v1/messages";
    static final JsonMapper JSON = JsonMapper.shared();

    /** Ends soon; lasts about ten seconds; stands still; fails in the middle. */
    private static final String SCRIPT = """
            rules:
              - when: {contains: "go slowly"}
                text: "%s"
                delay: 20ms
              - when: {contains: "stand still"}
                text: "one two three four"
                fault: {kind: stall, after: 2, length: 2s}
              - when: {contains: "stand long"}
                text: "one two three four"
                fault: {kind: stall, after: 2, length: 4s}
              - when: {contains: "throw now"}
                text: "one two three four"
                fault: {kind: exception, after: 2}
              - when: {contains: "give nan"}
                text: "one two three four"
                fault: {kind: nan, after: 2}
              - when: {matches: "(?s)echo (.*)"}
                text: "${1}"
              - when: {contains: "wait first"}
                text: "late"
                first_delay: 3s
              - text: "All is well."
            """.formatted("word ".repeat(500));

    private static final Tokenizer TOKENIZER = tokenizer();
    private static final long PATIENCE_SECONDS = 30;

    final HadalServer server;
    final HttpClient client = HttpClient.newHttpClient();
    /** Counts the prompts that are made of what is asked. */
    final CountedPrompts prompts = new CountedPrompts();

    private final ServedModels models = new ServedModels();

    private ApiTarget(String rules, Settings settings, Clock time) {
        ServerConfig config = ServerConfig.of(settings);
        Script script = ScriptReader.parse(rules, "hostile.yaml");
        for (String name : List.of("deepseek-v4-flash", "deepseek-v4-pro")) {
            models.add(List.of(name), () -> prompts.open(script, name, TOKENIZER, config.engine()));
        }
        server = HadalServer.start(config, desk -> ServedApi.routes(desk, models), time);
        models.open();
        server.ready();
    }

    private static Tokenizer tokenizer() {
        try (ModelFiles files = EmbeddedModel.files()) {
            return Tokenizer.parse(files.read("tokenizer.json", 64 << 20), "tokenizer.json");
        }
    }

    /** With settings, as {@code name, value}. */
    static ApiTarget start(String... settings) {
        return start(Clock.systemUTC(), settings);
    }

    static ApiTarget start(Clock time, String... settings) {
        return start(SCRIPT, time, settings);
    }

    /** With a context of so many tokens. */
    static ApiTarget withContext(int tokens) {
        return start("context: " + tokens + "\n" + SCRIPT, Clock.systemUTC());
    }

    private static ApiTarget start(String rules, Clock time, String... settings) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("port", "0");
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        Settings read = ServerConfig.settings();
        all.forEach((name, value) -> read.with(name, value, "test"));
        return new ApiTarget(rules, read, time);
    }

    static String user(String text) {
        return "{\"model\":\"deepseek-v4-flash\",\"messages\":[{\"role\":\"user\",\"content\":"
                + JSON.writeValueAsString(text) + "}]}";
    }

    static String streamed(String text) {
        return user(text).replaceFirst("\\{", "{\"stream\":true,");
    }

    static String messages(String text) {
        return user(text).replaceFirst("\\{", "{\"max_tokens\":1000,");
    }

    HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.uri() + path))
                .timeout(Duration.ofSeconds(PATIENCE_SECONDS))
                .header("Content-Type", "application/json");
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request;
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return client.send(request(path, headers).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, String json, String... headers) throws IOException, InterruptedException {
        return post(path, json.getBytes(StandardCharsets.UTF_8), headers);
    }

    HttpResponse<String> post(String path, byte[] json, String... headers) throws IOException, InterruptedException {
        return client.send(
                request(path, headers)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(json))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<InputStream> open(String path, String json, String... headers)
            throws IOException, InterruptedException {
        return client.send(
                request(path, headers)
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
    }

    /** The content of an unstreamed answer. */
    static String content(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body()).at("/choices/0/message/content").asString();
    }

    /** The message of an error of either dialect. */
    static String error(HttpResponse<String> response) {
        JsonNode error = JSON.readTree(response.body()).at("/error");
        assertThat(error.path("message").asString()).isNotEmpty();
        assertThat(error.path("type").asString()).isNotEmpty();
        return error.path("message").asString();
    }

    RawClient connect() throws IOException {
        return RawClient.connect(server.http().port(), "127.0.0.1");
    }

    /** Requests that wait, for where the metrics need a key. */
    int waiting() {
        return models.served().stream()
                .map(ServedModel::backend)
                .mapToInt(backend -> backend.status().waiting())
                .sum();
    }

    /** The value of a metric, summed over its labels. */
    double metric(String name) throws IOException, InterruptedException {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Waits until a metric has a value. */
    void awaitMetric(String name, double value) throws IOException, InterruptedException {
        long until = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
        while (metric(name) != value && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        assertThat(metric(name)).as(name).isEqualTo(value);
    }

    /** Asserts that nothing runs any more, and that a small request gets its normal answer at once. */
    void assertAlive(String... headers) throws Exception {
        assertThat(server.http().awaitIdle(Duration.ofSeconds(PATIENCE_SECONDS)))
                .isTrue();
        long began = System.nanoTime();
        assertThat(get("/health").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        assertThat(content(post(CHAT, user("hello"), headers))).isEqualTo("All is well.");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
    }

    @Override
    public void close() {
        client.shutdownNow();
        models.close();
        server.close();
    }
}
