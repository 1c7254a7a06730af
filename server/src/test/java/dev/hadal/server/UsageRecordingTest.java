package dev.hadal.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.checkpoint.ModelFiles;
import dev.hadal.nano.EmbeddedModel;
import dev.hadal.server.api.Recorded;
import dev.hadal.server.ops.Ledger;
import dev.hadal.server.ops.UsageTotal;
import dev.hadal.server.script.ScriptReader;
import dev.hadal.server.script.ScriptedBackend;
import dev.hadal.tokenizer.Tokenizer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a request leaves in the ledger. */
@Timeout(60)
final class UsageRecordingTest {
    private static final int MAX_BYTES = 64 << 20;

    @TempDir
    Path folder;

    @Test
    void aRecordSaysWhatWasNormalised() throws Exception {
        Path ledger = folder.resolve("usage.db");
        ServedModels models = new ServedModels();
        ServerConfig config = ServerConfig.of(
                ServerConfig.settings().with("port", "0", "test").with("ledger", ledger.toString(), "test"));
        models.add(
                List.of("deepseek-v4-flash", "deepseek-v4-pro"),
                () -> ScriptedBackend.open(
                        ScriptReader.parse("rules: [{text: Hello.}]", "test.yaml"),
                        "deepseek-v4-flash",
                        tokenizer(),
                        config.engine()));
        try (HadalServer server =
                HadalServer.start(config, desk -> ServedApi.routes(desk, models), Clock.systemUTC())) {
            models.open();
            server.ready();
            post(server, "/chat/completions", """
                    {"model": "deepseek-v4-flash", "messages": [{"role": "user", "content": "Hi"}]}""");
            post(
                    server,
                    "/anthropic/v1/messages",
                    Recorded.read("claude-code/01").body().toString());
        } finally {
            models.close();
        }
        assertThat(Ledger.totals(ledger, false))
                .extracting(UsageTotal::requests)
                .containsExactlyInAnyOrder(
                        new UsageTotal.Requests(1, Map.of()),
                        new UsageTotal.Requests(1, Map.of("attribution", 1L, "late-system", 1L, "session", 1L)));
    }

    private static void post(HadalServer server, String path, String body) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(server.uri() + path))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    private static Tokenizer tokenizer() {
        try (ModelFiles files = EmbeddedModel.files()) {
            return Tokenizer.parse(files.read("tokenizer.json", MAX_BYTES), "tokenizer.json");
        }
    }
}
