package dev.hadal.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PriceListTest {
    private static final UsageRecord.Tokens MILLIONS = new UsageRecord.Tokens(3_000_000, 1_000_000, 1_000_000, 0);

    /** Hit, twice miss, and output of a million each (api.md 13). */
    @ParameterizedTest
    @CsvSource({
        "launch, deepseek-v4-flash, 2026-05-01T12:00:00Z, 0.588",
        "launch, deepseek-v4-pro, 2026-05-01T12:00:00Z, 7.105",
        "june, deepseek-v4-flash, 2026-06-10T02:00:00Z, 0.5628",
        "june, deepseek-v4-pro, 2026-06-10T02:00:00Z, 1.743625",
        "current, deepseek-v4-flash, 2026-09-06T02:00:00Z, 1.107",
        "current, deepseek-v4-pro, 2026-09-07T05:00:00Z, 3.322",
        "current, deepseek-v4-flash, 2026-09-07T02:00:00Z, 2.214",
        "current, deepseek-v4-pro, 2026-09-07T09:59:59Z, 6.644"
    })
    void costsWhatTheHostedServiceTook(String list, String model, Instant when, BigDecimal dollars) {
        assertThat(BigDecimal.valueOf(PriceList.of(list).cost(model, MILLIONS, when), 12))
                .isEqualByComparingTo(dollars);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-09-07T00:59:59Z, false",
        "2026-09-07T01:00:00Z, true",
        "2026-09-07T03:59:59Z, true",
        "2026-09-07T04:00:00Z, false",
        "2026-09-11T06:00:00Z, true",
        "2026-09-12T06:00:00Z, false",
        "2026-09-13T01:00:00Z, false"
    })
    void knowsThePeakByUtc(Instant when, boolean peak) {
        assertThat(PriceList.of("current").isPeak(when)).isEqualTo(peak);
    }

    @Test
    void countsNothingForModelsWithoutAPrice() {
        assertThat(PriceList.of("current").cost("hadal-nano", MILLIONS, Instant.EPOCH))
                .isZero();
    }

    @Test
    void readsAListOfTheOwners(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("mine.yaml");
        Files.writeString(file, "models:\n  mini: {hit: 1, miss: 2, output: 3}\n");
        assertThat(PriceList.of(file.toString()).cost("mini", MILLIONS, Instant.EPOCH))
                .isEqualTo(8 * PriceList.DOLLAR);
    }

    @Test
    void saysWhatWasProbablyMeant() {
        assertThatThrownBy(() -> PriceList.of("lunch"))
                .hasMessage(
                        "there is no price list lunch; did you mean launch? A file of your own needs a dot in its name");
    }
}
