package dev.hadal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.server.config.ConfigException;
import dev.hadal.server.config.Settings;
import dev.hadal.server.http.Limits;
import org.junit.jupiter.api.Test;

/** Settings that depend on each other. */
final class ServerConfigTest {
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
    void oneTenantHasNobodyToLeaveAnythingFor() {
        assertThat(config().engine().queue().tenantPercent()).isEqualTo(100);
        assertThat(config().http().limits().body().tenantPercent()).isEqualTo(100);
        ServerConfig keys = config("api-keys", "keys.yaml");
        assertThat(keys.engine().queue().tenantPercent()).isEqualTo(50);
        assertThat(keys.http().limits().body().tenantPercent()).isEqualTo(50);
        assertThat(config("api-keys", "keys.yaml", "limits.tenant-share", "80")
                        .engine()
                        .queue()
                        .tenantPercent())
                .isEqualTo(80);
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
