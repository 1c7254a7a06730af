package dev.hadal.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The npm packages openai, @anthropic-ai/sdk and ai. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class NodeClientsTest {
    private ScriptedServer server;

    @BeforeAll
    void start() throws IOException, InterruptedException {
        String missing = NodePackages.install();
        assumeTrue(missing.isEmpty(), missing);
        server = ScriptedServer.start("clients.yaml");
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"openai.mjs, /v1", "anthropic.mjs, /anthropic", "ai.mjs, /v1"})
    void runsItsScenario(String scenario, String path) throws IOException, InterruptedException {
        NodePackages.Outcome outcome = NodePackages.run(Duration.ofSeconds(200), scenario, server.address() + path);
        assertThat(outcome.success()).as(outcome.output()).isTrue();
    }
}
