package dev.hadal.server.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.server.http.HttpOptions;
import dev.hadal.server.http.Limits;
import dev.hadal.server.http.RawClient;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows H14 to H16: what a web page in a browser on this machine, or somebody who guesses, may try. */
final class BrowserRowsTest {
    private final Target target = Target.start(new HttpOptions(
            "127.0.0.1", 0, List.of("box.example"), Set.of("https://app.example"), null, Limits.defaults()));

    @AfterEach
    void theServerIsAlive() throws Exception {
        target.assertAlive();
        target.close();
    }

    private String ask(String line, String... headers) throws Exception {
        try (RawClient client = target.connect()) {
            return client.send(line + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\nConnection: close\r\n\r\n")
                    .readToEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST",
                "localhost.",
                "localhost:8000",
                "127.0.0.1",
                "127.1.2.3:80",
                "[::1]",
                "[::1]:8000",
                "box.example:443"
            })
    void h14AnswersToItsOwnNames(String host) throws Exception {
        assertThat(ask("GET /hello", "Host: " + host)).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "localhost.evil.example",
                "evil-localhost",
                "127.0.0.1.evil.example",
                "box.example.evil.example",
                "10.0.0.1",
                "0.0.0.0",
                "[::2]",
                "localhost:8000@evil.example",
                "localhost:",
                "localhost:99999999",
                "localhost:80:80",
                "localhost, evil.example",
                "evil.example:localhost",
                "\u00e9vil",
                "2130706433",
                "127.evil.example"
            })
    void h14RefusesOtherNamesBeforeRouting(String host) throws Exception {
        for (String line :
                List.of("GET /hello", "GET /nothing", "POST /echo", "OPTIONS /hello", "HEAD /hello", "GET /")) {
            assertThat(ask(line, "Host: " + host, "Content-Length: 0"))
                    .as(line)
                    .matches("(?s)HTTP/1\\.1 (421|400) .*")
                    .doesNotContain("\r\n\r\nhello");
        }
    }

    @Test
    void h14RefusesMissingAndDoubledHosts() throws Exception {
        assertThat(ask("GET /hello", "x: y")).startsWith("HTTP/1.1 400");
        assertThat(ask("GET /hello", "Host: localhost", "Host: localhost")).startsWith("HTTP/1.1 400");
        assertThat(ask("GET /hello", "Host:")).matches("(?s)HTTP/1\\.1 (421|400) .*");
        try (RawClient client = target.connect()) {
            assertThat(client.send("GET /hello HTTP/1.0\r\n\r\n").readToEnd()).startsWith("HTTP/1.1 400");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "https://evil.example",
        "null",
        "https://app.example.evil.example",
        "https://app.exampl",
        "http://app.example",
        "https://app.example:8443",
        "https://APP.example",
        "*"
    })
    void h15TellsNothingToPagesOfOtherOrigins(String origin) throws Exception {
        assertThat(ask("GET /hello", "Host: localhost", "Origin: " + origin)).doesNotContain("Access-Control");
        assertThat(ask(
                        "OPTIONS /echo",
                        "Host: localhost",
                        "Origin: " + origin,
                        "Access-Control-Request-Method: POST",
                        "Access-Control-Request-Headers: content-type"))
                .startsWith("HTTP/1.1 403")
                .doesNotContain("Access-Control");
    }

    @Test
    void h15EchoesExactlyTheListedOriginAndNeverWithCredentials() throws Exception {
        String answer = ask("GET /hello", "Host: localhost", "Origin: https://app.example");
        assertThat(answer)
                .startsWith("HTTP/1.1 200")
                .contains("Access-Control-Allow-Origin: https://app.example\r\n", "Vary: Origin\r\n")
                .doesNotContain("Allow-Credentials", "Access-Control-Allow-Origin: *");
        assertThat(ask(
                        "OPTIONS /echo",
                        "Host: localhost",
                        "Origin: https://app.example",
                        "Access-Control-Request-Method: POST"))
                .startsWith("HTTP/1.1 204")
                .contains("Access-Control-Allow-Methods: GET, POST\r\n");
    }

    @Test
    void h15LetsNoPageSendWhatNeedsNoLeave() throws Exception {
        // A form or a fetch without a preflight can send these types only.
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data")) {
            assertThat(ask("POST /echo", "Host: localhost", "Content-Type: " + type, "Content-Length: 0"))
                    .startsWith("HTTP/1.1 415");
        }
    }

    @Test
    void h16NamesNoRouteThatIsNotInTheTable() throws Exception {
        try (RawClient client = target.connect()) {
            for (int i = 0; i < 10_000; i++) {
                client.request("GET /random/" + i * 7919 + " HTTP/1.1");
                client.response();
            }
        }
        assertThat(target.log.stream().map(entry -> entry.request().route()).distinct())
                .containsExactly("");
    }

    @Test
    void everyResponseForbidsEverythingToABrowser() throws Exception {
        for (String line : List.of("GET /hello", "GET /nothing", "GET /%zz")) {
            assertThat(ask(line, "Host: localhost"))
                    .contains("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n")
                    .contains("X-Content-Type-Options: nosniff\r\n")
                    .contains("Referrer-Policy: no-referrer\r\n")
                    .contains("x-request-id: ")
                    .contains("request-id: ")
                    .doesNotContain("Server:");
        }
    }
}
