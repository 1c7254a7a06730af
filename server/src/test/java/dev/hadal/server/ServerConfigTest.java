package dev.hadal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.server.auth.ApiKey;
import dev.hadal.server.config.ConfigException;
import dev.hadal.server.config.Settings;
import dev.hadal.server.http.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings that depend on each other. */
final class ServerConfigTest {
    @TempDir
    Path folder;

    private static ServerConfig config(String... settings) {
        Settings all = ServerConfig.settings();
        for (int i = 0; i < settings.length; i += 2) {
            all.with(settings[i], settings[i + 1], "test");
        }
        return ServerConfig.of(all);
    }

    @Test
    void bodiesTakeAnEighthOfTheHeapOrWhatOneNeeds() {
        assertThat(config().http().limits().body().inFlightBytes()).isEqualTo(Limits.Body.usualInFlight(32L << 20));
        assertThat(config("limits.body", "1000GiB").http().limits().body().inFlightBytes())
                .isEqualTo(Limits.Body.leastInFlight(1000L << 30));
        assertThat(config("limits.bodies", "1GiB").http().limits().body().inFlightBytes())
                .isEqualTo(1L << 30);
    }

    @Test
    void bodiesThatNeverFitAreRefused() {
        assertThat(config("limits.body", "7000", "limits.bodies", "8000")
                        .http()
                        .limits()
                        .body()
                        .inFlightBytes())
                .isEqualTo(8000);
        assertThatThrownBy(() -> config("limits.body", "7000", "limits.bodies", "7999"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("limits.bodies is 7999, of which an eighth is kept for small bodies, so that a body of"
                        + " limits.body, 7000, never fits; it must be at least 8000, or limits.body less");
    }

    @Test
    void oneTenantHasNobodyToLeaveAnythingFor() throws IOException {
        assertThat(config().engine().queue().tenantPercent()).isEqualTo(100);
        assertThat(config().http().limits().body().tenantPercent()).isEqualTo(100);
        assertThat(config(
                                "api-keys",
                                keys(
                                        "{name: alice, tenant: a, digest: %s}",
                                        "{name: bob, tenant: a, digest: %s}",
                                        "{name: watch, rights: [metrics], digest: %s}"))
                        .engine()
                        .queue()
                        .tenantPercent())
                .isEqualTo(100);
        String several = keys("{name: alice, digest: %s}", "{name: bob, digest: %s}");
        ServerConfig keys = config("api-keys", several);
        assertThat(keys.engine().queue().tenantPercent()).isEqualTo(50);
        assertThat(keys.http().limits().body().tenantPercent()).isEqualTo(50);
        assertThat(config("api-keys", several, "limits.tenant-share", "80")
                        .engine()
                        .queue()
                        .tenantPercent())
                .isEqualTo(80);
    }

    private String keys(String... entries) throws IOException {
        List<String> lines = new ArrayList<>(List.of("keys:"));
        for (String entry : entries) {
            lines.add("- " + entry.formatted(ApiKey.digestOf(entry)));
        }
        return Files.write(folder.resolve("keys.yaml"), lines).toString();
    }

    @Test
    void aKeyFileThatIsNotThereIsTold() {
        assertThatThrownBy(() -> config("api-keys", folder.resolve("none.yaml").toString()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none.yaml");
    }

    @Test
    void aShareIsAPercentage() {
        for (String wrong : new String[] {"0", "101"}) {
            assertThatThrownBy(() -> config("limits.tenant-share", wrong))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("limits.tenant-share must be from 1 to 100, but is " + wrong);
        }
    }
}
