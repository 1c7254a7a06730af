package dev.hadal.server.hostile;

import static dev.hadal.server.hostile.ApiTarget.CHAT;
import static dev.hadal.server.hostile.ApiTarget.MESSAGES;
import static dev.hadal.server.hostile.ApiTarget.error;
import static dev.hadal.server.hostile.ApiTarget.messages;
import static dev.hadal.server.hostile.ApiTarget.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.server.auth.ApiKey;
import dev.hadal.server.http.RawClient;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows A: keys, tenants, and what ends up in logs. */
final class AuthRowsTest {
    private static final String ALICE = "sk-hadal-alice-0123456789";
    private static final String BOB = "sk-hadal-bob-0123456789";
    private static final String POOR = "sk-hadal-poor-0123456789";
    private static final String[] AS_ALICE = {"Authorization", "Bearer " + ALICE};
    private static final String[] AS_BOB = {"x-api-key", BOB};

    @TempDir
    Path folder;

    private ApiTarget target;
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final Handler listener = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            logged.writeBytes((entry.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void start() throws Exception {
        Path file = folder.resolve("keys.yaml");
        Files.writeString(file, """
                keys:
                  - {name: alice, digest: "sha256:%s", rights: [inference, metrics]}
                  - {name: bob, digest: "sha256:%s", requests-per-minute: 3}
                  - {name: poor, digest: "sha256:%s", budget: 0.000001}
                """.formatted(ApiKey.digestOf(ALICE), ApiKey.digestOf(BOB), ApiKey.digestOf(POOR)));
        target = ApiTarget.start(
                "api-keys",
                file.toString(),
                "ledger",
                folder.resolve("usage.db").toString());
        Logger access = Logger.getLogger("dev.hadal.server.access");
        access.setLevel(java.util.logging.Level.INFO);
        access.addHandler(listener);
    }

    @AfterEach
    void theServerIsAlive() throws Exception {
        Logger.getLogger("dev.hadal.server.access").removeHandler(listener);
        target.assertAlive(AS_ALICE);
        target.close();
    }

    @Test
    void a1RefusesEveryWrongKeyInTheShapeOfTheDialect() throws Exception {
        List<String[]> wrong = List.of(
                new String[] {},
                new String[] {"Authorization", "Bearer wrong"},
                new String[] {"Authorization", "Bearer "},
                new String[] {"Authorization", "Basic " + ALICE},
                new String[] {"Authorization", "Bearer " + ALICE.substring(0, ALICE.length() - 1)},
                new String[] {"Authorization", "Bearer " + ALICE + "0"},
                new String[] {"Authorization", "Bearer " + "x".repeat(10_000)},
                new String[] {"Authorization", "Bearer " + ALICE, "x-api-key", BOB},
                new String[] {"x-api-key", ApiKey.digestOf(ALICE)});
        for (String[] headers : wrong) {
            HttpResponse<String> openAi = target.post(CHAT + "?api_key=" + ALICE, user("hello"), headers);
            assertThat(openAi.statusCode()).as(String.join(" ", headers)).isEqualTo(401);
            assertThat(openAi.body()).contains("\"type\":\"authentication_error\"");
            assertThat(error(openAi)).startsWith("Authentication Fails, ");
            HttpResponse<String> anthropic = target.post(MESSAGES, messages("hello"), headers);
            assertThat(anthropic.statusCode()).isEqualTo(401);
            assertThat(anthropic.body())
                    .startsWith("{\"type\":\"error\",\"error\":{")
                    .contains("authentication_error");
        }
        assertThat(error(target.post(CHAT, user("hello"), "x-api-key", "sk-0123456789abcd")))
                .isEqualTo("Authentication Fails, Your api key: ****abcd is invalid");
    }

    @Test
    void a1AcceptsAKeyInEitherHeaderOrTheSameInBoth() throws Exception {
        for (String path : List.of(CHAT, MESSAGES)) {
            String body = messages("hello");
            assertThat(target.post(path, body, AS_ALICE).statusCode()).isEqualTo(200);
            assertThat(target.post(path, body, "x-api-key", ALICE).statusCode()).isEqualTo(200);
            assertThat(target.post(path, body, "authorization", "bearer " + ALICE, "x-api-key", ALICE)
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void a1TakesAsLongForOneWrongKeyAsForAnother() {
        // The work is the same by construction: one digest, and one comparison with every key.
        long[] far = new long[2_000];
        long[] near = new long[2_000];
        var keys = dev.hadal.server.auth.ApiKeys.of(List.of(new ApiKey(
                dev.hadal.server.auth.Principal.anonymous(),
                ApiKey.digestOf(ALICE),
                dev.hadal.server.auth.KeyLimits.none())));
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < far.length; i++) {
                long began = System.nanoTime();
                keys.find("zz-zzzzz-zzzzz-zzzzzzzzzz");
                long between = System.nanoTime();
                keys.find(ALICE.substring(0, ALICE.length() - 1) + "x");
                far[i] = between - began;
                near[i] = System.nanoTime() - between;
            }
        }
        java.util.Arrays.sort(far);
        java.util.Arrays.sort(near);
        assertThat((double) near[1_000] / far[1_000]).isBetween(0.5, 2.0);
    }

    @Test
    void a2AnswersNobodyWithoutAKeyButOnThePublicRoutes() throws Exception {
        Set<String> open = new TreeSet<>();
        for (var route : target.server.routes()) {
            String path = route.path().replace("{", "").replace("}", "");
            HttpResponse<String> response =
                    route.method().equals("GET") ? target.get(path) : target.post(path, user("hello"));
            if (response.statusCode() != 401) {
                open.add(route.method() + " " + route.path());
            }
        }
        assertThat(open).containsExactly("GET /health", "GET /livez", "GET /readyz");
        assertThat(target.server.routes()).hasSizeGreaterThan(15);
    }

    @Test
    void a2GivesMetricsOnlyToKeysWithTheRight() throws Exception {
        assertThat(target.get("/metrics", AS_ALICE).statusCode()).isEqualTo(200);
        assertThat(target.get("/metrics", AS_BOB).statusCode()).isEqualTo(403);
    }

    @Test
    void a3KeepsNothingThatOneKeyCouldAskForOfAnother() throws Exception {
        HttpResponse<String> made =
                target.post("/v1/responses", "{\"model\":\"deepseek-v4-flash\",\"input\":\"hello\"}", AS_ALICE);
        String id = ApiTarget.JSON.readTree(made.body()).path("id").asString();
        assertThat(id).isNotEmpty();
        int mine = target.get("/v1/responses/" + id, AS_ALICE).statusCode();
        assertThat(mine).isEqualTo(404);
        assertThat(target.get("/v1/responses/" + id, AS_BOB).statusCode()).isEqualTo(mine);
        assertThat(target.get("/v1/responses/absent", AS_BOB).statusCode()).isEqualTo(mine);
    }

    @Test
    void a4LetsNoKeyHitWhatAnotherLeftInTheCache() throws Exception {
        String body = user("hello " + "a long prefix that is worth to be kept ".repeat(50));
        target.post(CHAT, body, AS_ALICE);
        assertThat(hits(target.post(CHAT, body, AS_ALICE))).isPositive();
        assertThat(hits(target.post(CHAT, body, AS_BOB))).isZero();
    }

    private static long hits(HttpResponse<String> response) {
        return ApiTarget.JSON
                .readTree(response.body())
                .at("/usage/prompt_cache_hit_tokens")
                .asLong(-1);
    }

    @Test
    void a5WritesOneHarmlessLineWhateverIsSent() throws Exception {
        try (RawClient client = target.connect()) {
            client.request("GET /x%0d%0alevel=ERROR%1b[31m?y HTTP/1.1", "traceparent: 00-evil\u001b[31m key=forged");
            client.response();
        }
        target.post(CHAT, user("hello").replace("deepseek-v4-flash", "a\\nb status=200 \u202e"), AS_ALICE);
        target.assertAlive(AS_ALICE);
        List<String> lines = logged.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).allMatch(line -> line.startsWith("request id="));
        assertThat(String.join("\n", lines)).doesNotContain("\u001b", "\u202e", "key=forged", "\nlevel=ERROR");
    }

    @Test
    void a6TellsNoLogAndNoMetricAndNoErrorWhatIsNobodysBusiness() throws Exception {
        String canary = "canary-7f3a";
        List<String> outputs = new ArrayList<>();
        outputs.add(
                target.post(CHAT, user("hello " + canary), "x-api-key", canary).body());
        outputs.add(target.post(CHAT, "{\"model\":\"x\",\"messages\":\"" + canary + "\"}", AS_ALICE)
                .body());
        outputs.add(target.post(CHAT, user("throw now " + canary), AS_ALICE).body());
        target.post(CHAT, user("hello " + canary), AS_ALICE);
        outputs.add(target.get("/metrics", AS_ALICE).body());
        target.assertAlive(AS_ALICE);
        outputs.add(logged.toString(StandardCharsets.UTF_8));
        for (String output : outputs) {
            assertThat(output).doesNotContain(canary, ALICE, BOB, "All is well");
        }
    }

    @Test
    void a6LogsBodiesOnlyWhereThatWasAskedFor() throws Exception {
        try (ApiTarget telling = ApiTarget.start("log.bodies", "true")) {
            telling.post(CHAT, user("hello canary"));
            telling.assertAlive();
        }
        assertThat(logged.toString(StandardCharsets.UTF_8)).contains("hello canary", "All is well.");
    }

    @Test
    void a7RefusesABurstWith429AndSaysWhenToComeAgain() throws Exception {
        List<Integer> codes = new ArrayList<>();
        HttpResponse<String> last = null;
        for (int i = 0; i < 5; i++) {
            last = target.post(CHAT, user("hello"), AS_BOB);
            codes.add(last.statusCode());
        }
        assertThat(codes).containsExactly(200, 200, 200, 429, 429);
        assertThat(Integer.parseInt(last.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(1, 20);
        assertThat(error(last)).isEqualTo("Rate limit reached: this key may send 3 requests a minute");
    }

    @Test
    void a7RefusesAKeyWhoseBudgetIsSpentWith402() throws Exception {
        assertThat(target.post(CHAT, user("hello"), "x-api-key", POOR).statusCode())
                .isEqualTo(200);
        HttpResponse<String> refused = target.post(CHAT, user("hello"), "x-api-key", POOR);
        assertThat(refused.statusCode()).isEqualTo(402);
        assertThat(refused.body())
                .isEqualTo("{\"error\":{\"message\":\"Insufficient Balance\",\"type\":\"unknown_error\",\"param\":null,"
                        + "\"code\":\"invalid_request_error\"}}");
        assertThat(target.get("/user/balance", "x-api-key", POOR).body()).contains("\"is_available\":false");
    }

    @Test
    void a7LogsARefusalUnderTheNameOfItsKeyAndAnUnknownKeyUnderNone() throws Exception {
        for (int i = 0; i < 4; i++) {
            target.post(CHAT, user("hello"), AS_BOB);
        }
        target.post(CHAT, user("hello"), "x-api-key", POOR);
        target.post(CHAT, user("hello"), "x-api-key", POOR);
        target.get("/metrics", AS_BOB);
        target.post(CHAT, user("hello"), "x-api-key", "wrong");
        target.assertAlive(AS_ALICE);
        for (String refused : List.of("status=429 .* key=bob ", "status=402 .* key=poor ", "status=403 .* key=bob ")) {
            assertThat(logged.toString(StandardCharsets.UTF_8)).containsPattern(refused);
        }
        assertThat(logged.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains("status=401")))
                .hasSize(1)
                .noneMatch(line -> line.contains("key="));
    }

    @Test
    void a9TellsNothingOfTheInsideInAnyError() throws Exception {
        List<HttpResponse<String>> errors = List.of(
                target.post(CHAT, "{", AS_ALICE),
                target.post(CHAT, user("hello").replace("deepseek-v4-flash", "x"), AS_ALICE),
                target.post(CHAT, user("throw now"), AS_ALICE),
                target.post(CHAT, user("give nan"), AS_ALICE),
                target.post(MESSAGES, "[]", AS_ALICE),
                target.post(CHAT, user("hello")),
                target.get("/nothing", AS_ALICE));
        for (HttpResponse<String> response : errors) {
            assertThat(response.body())
                    .doesNotContain(
                            "Exception",
                            "dev.hadal",
                            "java.",
                            "jackson",
                            "jetty",
                            ".java",
                            "Source",
                            "\tat ",
                            "/work",
                            "/tmp");
        }
    }
}
