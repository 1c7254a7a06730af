package dev.hadal.server.hostile;

import static dev.hadal.server.hostile.ApiTarget.CHAT;
import static dev.hadal.server.hostile.ApiTarget.MESSAGES;
import static dev.hadal.server.hostile.ApiTarget.content;
import static dev.hadal.server.hostile.ApiTarget.error;
import static dev.hadal.server.hostile.ApiTarget.user;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows F: what names a resource, and what a browser could make of an answer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FileRowsTest {
    private ApiTarget target;

    @BeforeAll
    void start() {
        target = ApiTarget.start();
    }

    @AfterEach
    void theServerIsAlive() throws Exception {
        target.assertAlive();
    }

    @AfterAll
    void stop() {
        target.close();
    }

    private static String image(String url) {
        return "{\"model\":\"deepseek-v4-flash\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\","
                + "\"text\":\"hello\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + url + "\"}}]}]}";
    }

    private static String source(String url) {
        return "{\"model\":\"deepseek-v4-flash\",\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":[{"
                + "\"type\":\"image\",\"source\":{\"type\":\"url\",\"url\":\"" + url + "\"}}]}]}";
    }

    @Test
    void f1FetchesNothingThatARequestNames() throws Exception {
        try (ServerSocket trap = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            trap.setSoTimeout(300);
            for (String url : List.of(
                    "http://127.0.0.1:" + trap.getLocalPort() + "/a.png",
                    "http://localhost:" + trap.getLocalPort() + "/",
                    "http://[::ffff:127.0.0.1]:" + trap.getLocalPort() + "/",
                    "http://2130706433:" + trap.getLocalPort() + "/",
                    "https://127.0.0.1:" + trap.getLocalPort() + "/",
                    "ftp://127.0.0.1:" + trap.getLocalPort() + "/",
                    "http://169.254.169.254/latest/meta-data",
                    "file:///etc/passwd",
                    "jar:file:/etc/x!/y")) {
                for (HttpResponse<String> response :
                        List.of(target.post(CHAT, image(url)), target.post(MESSAGES, source(url)))) {
                    assertThat(response.body()).doesNotContain("root:");
                    assertThat(response.statusCode()).as(response.body()).isIn(200, 400);
                }
            }
            org.assertj.core.api.Assertions.assertThatThrownBy(trap::accept)
                    .as("nobody called")
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data:image/png;base64,%%%%",
                "data:image/png;base64,iVBORw0KGgo=",
                "data:,x",
                "data:image/svg+xml,<svg onload=alert(1)>",
                ""
            })
    void f2DecodesNoImage(String url) throws Exception {
        HttpResponse<String> response = target.post(CHAT, image(url));
        assertThat(response.statusCode()).as(response.body()).isIn(200, 400);
    }

    @Test
    void f2TakesManyAndLargeImagesWithinTheLimitsOfTheBodyOnly() throws Exception {
        HttpResponse<String> response = target.post(CHAT, image("data:image/png;base64," + "A".repeat(20 << 20)));
        assertThat(response.statusCode()).isIn(200, 400, 413);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../../../etc/passwd", "/etc/passwd", "C:\\\\x", "CON", "a/b", "..", "x\\u0000y", "~", "file:x"})
    void f3TakesNamesForNamesAndNeverForPaths(String name) throws Exception {
        HttpResponse<String> response = target.post(CHAT, user("hello").replace("deepseek-v4-flash", name));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(error(response)).startsWith("The supported API model names are ");
        assertThat(target.post(CHAT, user("hello").replace("deepseek-v4-flash", "x".repeat(300)))
                        .body())
                .hasSizeLessThan(1000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/index.html", "/ui", "/ui/../x", "/favicon.ico", "/static/app.js", "/.git/config"})
    void f4ServesNoFiles(String path) throws Exception {
        HttpResponse<String> response = target.get(path);
        assertThat(response.statusCode()).isIn(400, 404);
        assertThat(response.body()).doesNotContain("<");
    }

    @Test
    void f5SendsMarkupInAnAnswerAsDataThatNoBrowserShows() throws Exception {
        String markup = "<script>alert(1)</script><img src=http://evil.example/?x> ![x](http://evil.example/y)";
        HttpResponse<String> response = target.post(CHAT, user("echo " + markup));
        assertThat(content(response)).isEqualTo(markup);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'");
    }
}
