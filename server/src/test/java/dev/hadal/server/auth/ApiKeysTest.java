package dev.hadal.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.server.config.ConfigException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ApiKeysTest {
    private static final String SECRET = "sk-hadal-one";

    @TempDir
    Path folder;

    private final List<String> warnings = new ArrayList<>();

    private Path file(String yaml) throws IOException {
        Path file = folder.resolve("keys.yaml");
        Files.writeString(file, yaml);
        return file;
    }

    private static String entry(String name, String secret) {
        return "keys:\n- name: " + name + "\n  digest: sha256:" + ApiKey.digestOf(secret) + "\n";
    }

    @Test
    void readsNameDigestRightsRateConcurrencyBudgetAndTenant() throws IOException {
        Path file = file(entry("alice", SECRET) + """
                  rights: [inference, metrics]
                  tenant: team-a
                  requests-per-minute: 60
                  tokens-per-minute: 100000
                  concurrency: 4
                  budget: 5.25
                """);
        ApiKey key = ApiKeys.read(file, warnings::add).find(SECRET);
        assertThat(key).isNotNull();
        assertThat(key.principal()).isEqualTo(new Principal("alice", "team-a", Set.of(Right.INFERENCE, Right.METRICS)));
        assertThat(key.limits()).isEqualTo(new KeyLimits(60, 100_000, 4, new BigDecimal("5.25")));
    }

    @Test
    void readsTheSameFromJson() throws IOException {
        Path file = file("{\"keys\":[{\"name\":\"bob\",\"digest\":\"" + ApiKey.digestOf(SECRET) + "\"}]}");
        assertThat(ApiKeys.read(file, warnings::add).find(SECRET))
                .extracting(ApiKey::principal)
                .isEqualTo(new Principal("bob", "bob", Set.of(Right.INFERENCE)));
    }

    @Test
    void findsNothingForASecretThatIsAlmostRight() throws IOException {
        ApiKeys keys = ApiKeys.read(file(entry("alice", SECRET)), warnings::add);
        assertThat(keys.find(SECRET + " ")).isNull();
        assertThat(keys.find(SECRET.substring(1))).isNull();
        assertThat(keys.find("")).isNull();
        assertThat(keys.find(ApiKey.digestOf(SECRET))).isNull();
    }

    @Test
    void saysWhatIsWrongAndWhatWasProbablyMeant() throws IOException {
        assertThatThrownBy(() -> KeyFile.read(file(entry("alice", SECRET) + "  concurency: 4\n")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(folder.resolve("keys.yaml") + ": keys[0]: unknown concurency; did you mean concurrency?");
        assertThatThrownBy(() -> KeyFile.read(file("keys:\n- name: alice\n  digest: sk-hadal-x\n")))
                .hasMessageEndingWith("the key itself does not belong here");
        assertThatThrownBy(() -> KeyFile.read(file(entry("a b", SECRET))))
                .hasMessageEndingWith("name must be at most 64 letters, digits and -_.@");
    }

    @Test
    void a8KeepsTheOldKeysWhileTheFileIsWrongAndTakesTheNewOnesAsAWhole() throws IOException {
        Path file = file(entry("alice", SECRET));
        ApiKeys keys = ApiKeys.read(file, warnings::add);
        warnings.clear();

        Files.writeString(file, "keys: [nonsense");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(10)));
        keys.refresh();
        keys.refresh();
        assertThat(keys.find(SECRET)).isNotNull();
        assertThat(warnings).singleElement().asString().endsWith("; the keys read before stay in force");

        Files.delete(file);
        keys.refresh();
        assertThat(keys.find(SECRET)).isNotNull();

        Files.writeString(file, entry("bob", "sk-hadal-two"));
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(20)));
        keys.refresh();
        assertThat(keys.find(SECRET)).isNull();
        assertThat(keys.find("sk-hadal-two")).isNotNull();
    }

    @Test
    void a8WarnsOfAFileThatEverybodyCanRead() throws IOException {
        Path file = file(entry("alice", SECRET));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        ApiKeys.read(file, warnings::add);
        assertThat(warnings).containsExactly(file + " can be read by everybody on this machine; chmod 600 " + file);
    }

    @Test
    void makesKeysThatAreAllDifferentAndLong() {
        assertThat(ApiKey.newSecret()).startsWith("sk-hadal-").hasSize(52).isNotEqualTo(ApiKey.newSecret());
    }
}
