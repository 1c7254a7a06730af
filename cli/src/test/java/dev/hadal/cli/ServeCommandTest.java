package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.server.auth.ApiKey;
import dev.hadal.server.ops.Ledger;
import dev.hadal.server.ops.Outcome;
import dev.hadal.server.ops.PriceList;
import dev.hadal.server.ops.UsageRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServeCommandTest {
    @TempDir
    Path folder;

    @Test
    void printsEverySettingAsAFileThatGivesTheSame() throws IOException {
        Cli.Result first = Cli.run("serve", "--set", "limits.body=64MiB", "--port", "9000", "--print-config");
        assertThat(first.code()).isZero();
        assertThat(first.out())
                .contains("port: 9000 ", "  body: 64MiB ", "  connections: 10000 ", "  header-time: 10s ");
        Path file = Files.writeString(folder.resolve("hadal.yaml"), first.out());
        assertThat(Cli.run("serve", "--config", file.toString(), "--print-config")
                        .out()
                        .replace(" (set)", ""))
                .isEqualTo(first.out().replace(" (set)", ""));
    }

    @Test
    void saysWhichSettingWasProbablyMeant() {
        Cli.Result result = Cli.run("serve", "--set", "limits.bdy=1MiB");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("hadal: --set: unknown setting limits.bdy; did you mean limits.body?\n");
    }

    @Test
    void refusesToListenWhereOthersCanReachItWithoutKeys() {
        Cli.Result result = Cli.run("serve", "--host", "0.0.0.0");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .startsWith("hadal: host is 0.0.0.0, which other machines can reach, and there are no keys;");
    }

    @Test
    void makesAKeyWhoseDigestIsInTheEntry() {
        Cli.Result result = Cli.run("key", "new", "--name", "alice");
        String secret = result.out().lines().findFirst().orElseThrow();
        assertThat(secret).startsWith("sk-hadal-");
        assertThat(result.out()).contains("- name: alice\n    digest: sha256:" + ApiKey.digestOf(secret) + "\n");
        assertThat(Cli.runWithInput(secret + "\n", "key", "digest").out())
                .isEqualTo("sha256:" + ApiKey.digestOf(secret) + "\n");
    }

    @Test
    void saysThatThereIsNoLedgerYet() {
        Path nothing = folder.resolve("usage.db");
        Cli.Result result = Cli.run("usage", "--ledger", nothing.toString());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .isEqualTo("hadal: " + nothing
                        + " does not exist; hadal serve makes it, and --ledger names another place\n");
    }

    @Test
    void sumsUsageAsOneLineOfJsonForEachKeyAndModel() {
        Path file = folder.resolve("usage.db");
        try (Ledger ledger = Ledger.open(file)) {
            for (int i = 0; i < 2; i++) {
                ledger.record(
                        new UsageRecord(
                                "request-" + i,
                                new UsageRecord.Asked("alice", "deepseek-v4-flash", List.of("attribution", "session")),
                                new UsageRecord.Tokens(10, 4, 3, 1),
                                Outcome.STOP,
                                new UsageRecord.Times(Duration.ZERO, Duration.ZERO, Duration.ZERO)),
                        Instant.EPOCH,
                        PriceList.DOLLAR / 4);
            }
        }
        assertThat(Cli.run("usage", "--json", "--ledger", file.toString()).out())
                .isEqualTo("{\"key\":\"alice\",\"model\":\"deepseek-v4-flash\",\"requests\":2,\"prompt_tokens\":20,"
                        + "\"cache_hit_tokens\":8,\"completion_tokens\":6,\"reasoning_tokens\":2,\"cost_usd\":\"0.5\","
                        + "\"normalized_requests\":{\"attribution\":2,\"session\":2}}\n");
    }
}
