package dev.hadal.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LedgerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Instant NOON = Instant.parse("2026-09-07T12:00:00Z");

    @TempDir
    Path folder;

    private static UsageRecord usage(String id, String key, String... normalised) {
        return new UsageRecord(
                id,
                new UsageRecord.Asked(key, "deepseek-v4-flash", List.of(normalised)),
                new UsageRecord.Tokens(10, 4, 3, 1),
                Outcome.STOP,
                new UsageRecord.Times(Duration.ZERO, Duration.ofMillis(5), Duration.ofMillis(9)));
    }

    @Test
    void sumsByKeyModelAndDay() throws Exception {
        Path file = folder.resolve("deep/usage.db");
        try (Ledger ledger = Ledger.open(file)) {
            ledger.record(usage("a", "alice"), NOON, 100);
            ledger.record(usage("b", "alice"), NOON.plus(Duration.ofDays(1)), 50);
            ledger.record(usage("c", "bob"), NOON, 7);
            assertThat(ledger.flush(PATIENCE)).isTrue();
            assertThat(ledger.spent()).isEqualTo(Map.of("alice", 150L, "bob", 7L));
            assertThat(ledger.computedSince(NOON.plusSeconds(1))).isEqualTo(Map.of("alice", 9L));
        }
        assertThat(Ledger.totals(file, false))
                .contains(new UsageTotal(
                        null, "alice", "deepseek-v4-flash", requests(2), new UsageRecord.Tokens(20, 8, 6, 2), 150));
        assertThat(Ledger.totals(file, true)).hasSize(3).first().satisfies(total -> {
            assertThat(total.day()).isEqualTo(LocalDate.of(2026, 9, 7));
            assertThat(total.key()).isEqualTo("alice");
        });
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void k14CountsARequestOnceThoughItIsRecordedTwiceOrTheClockGoesBack() throws Exception {
        Path file = folder.resolve("usage.db");
        try (Ledger ledger = Ledger.open(file)) {
            ledger.record(usage("same", "alice"), NOON, 100);
            ledger.record(usage("same", "alice"), NOON, 100);
            ledger.record(usage("later", "alice"), NOON.minus(Duration.ofDays(1)), 1);
        }
        try (Ledger ledger = Ledger.open(file)) {
            ledger.record(usage("same", "alice"), NOON, 100);
            ledger.flush(PATIENCE);
            assertThat(ledger.spent()).isEqualTo(Map.of("alice", 101L));
        }
    }

    @Test
    void k14LosesAtMostAGroupWhenTheProcessIsKilledAndReadsNoRecordInPart() throws Exception {
        Path file = folder.resolve("usage.db");
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LedgerVictim.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        long told = 0;
        try (var lines = process.inputReader()) {
            while (told < 1000) {
                told = Long.parseLong(lines.readLine());
            }
            process.destroyForcibly();
        }
        process.waitFor();
        try (Ledger ledger = Ledger.open(file)) {
            UsageTotal total = Ledger.totals(file, false).getFirst();
            // What was told had been recorded, and all but the last group was on the disk.
            assertThat(total.requests().count()).isGreaterThanOrEqualTo(told - Ledger.GROUP);
            assertThat(total.cost()).isEqualTo(total.requests().count());
            assertThat(total.tokens())
                    .isEqualTo(new UsageRecord.Tokens(
                            10 * total.cost(), 4 * total.cost(), 3 * total.cost(), total.cost()));
            ledger.record(usage("after", "alice"), NOON, 1);
            assertThat(ledger.flush(PATIENCE)).isTrue();
        }
    }

    private static UsageTotal.Requests requests(long count) {
        return new UsageTotal.Requests(count, Map.of());
    }

    @Test
    void countsWhatWasNormalised() throws Exception {
        Path file = folder.resolve("usage.db");
        try (Ledger ledger = Ledger.open(file)) {
            ledger.record(usage("a", "alice", "attribution", "session"), NOON, 1);
            ledger.record(usage("b", "alice"), NOON, 1);
            ledger.record(usage("c", "alice", "session"), NOON, 1);
            ledger.record(usage("d", "bob", "session"), NOON, 1);
            ledger.flush(PATIENCE);
        }
        assertThat(Ledger.totals(file, false))
                .extracting(UsageTotal::requests)
                .containsExactly(
                        new UsageTotal.Requests(3, Map.of("attribution", 1L, "session", 2L)),
                        new UsageTotal.Requests(1, Map.of("session", 1L)));
    }

    @Test
    void readsAndContinuesTheLedgerOfTheFirstVersion() throws Exception {
        Path file = folder.resolve("usage.db");
        try (InputStream old = LedgerTest.class.getResourceAsStream("usage-1.db")) {
            Files.copy(Objects.requireNonNull(old), file);
        }
        UsageRecord.Tokens tokens = new UsageRecord.Tokens(110, 54, 33, 11);
        assertThat(Ledger.totals(file, false))
                .containsExactly(new UsageTotal(null, "alice", "deepseek-v4-flash", requests(2), tokens, 150));
        try (Ledger ledger = Ledger.open(file)) {
            assertThat(ledger.spent()).isEqualTo(Map.of("alice", 150L));
            ledger.record(usage("new", "alice", "session"), NOON, 1);
            assertThat(ledger.flush(PATIENCE)).isTrue();
        }
        UsageRecord.Tokens more = tokens.plus(new UsageRecord.Tokens(10, 4, 3, 1));
        UsageTotal.Requests requests = new UsageTotal.Requests(3, Map.of("session", 1L));
        assertThat(Ledger.totals(file, false))
                .containsExactly(new UsageTotal(null, "alice", "deepseek-v4-flash", requests, more, 151));
        Ledger.open(file).close();
        assertThat(Ledger.totals(file, false)).hasSize(1);
    }

    @Test
    void saysThatAFileIsNoLedger() throws IOException {
        Path file = folder.resolve("usage.db");
        Files.writeString(file, "this is not a database, and it is long enough to be seen as something else");
        assertThatThrownBy(() -> Ledger.open(file))
                .isInstanceOf(LedgerException.class)
                .hasMessageStartingWith("the usage ledger " + file + " cannot be used: ")
                .hasMessageEndingWith("choose another --ledger FILE, or --ledger off");
    }

    static UsageRecord victimsUsage(long number) {
        return usage("r" + number, "alice");
    }
}
