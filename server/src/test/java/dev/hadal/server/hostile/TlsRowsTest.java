package dev.hadal.server.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.server.http.HttpOptions;
import dev.hadal.server.http.Limits;
import dev.hadal.server.http.RawClient;
import dev.hadal.server.http.Tls;
import dev.hadal.server.http.TlsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Row H12: TLS. */
final class TlsRowsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path folder;

    private Path certificate;
    private Path key;

    @BeforeEach
    void makeACertificate() throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        keytool.getInputStream().readAllBytes();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        certificate = pem("cert.pem", "CERTIFICATE", keys.getCertificate("a").getEncoded());
        key = pem("key.pem", "PRIVATE KEY", keys.getKey("a", PASSWORD).getEncoded());
    }

    private Path pem(String name, String kind, byte[] der) throws IOException {
        String text = "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + kind + "-----\n";
        return Files.writeString(folder.resolve(name), text);
    }

    private static SSLContext trusting() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustEverybody()}, null);
        return context;
    }

    /** For a certificate that nobody has signed. */
    private static final class TrustEverybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private String ask(int port, String protocol) throws Exception {
        try (SSLSocket socket = (SSLSocket) trusting().getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setSoTimeout(5_000);
            socket.setEnabledProtocols(new String[] {protocol});
            socket.getOutputStream()
                    .write("GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void h12SpeaksTls12And13AndRefusesWhatIsOlderOrPlain() throws Exception {
        // The first handshake of a process takes its time.
        Limits limits = Limits.defaults()
                .withTiming(new Limits.Timing(
                        Duration.ofSeconds(4), Duration.ofSeconds(20), Duration.ofSeconds(5), Duration.ofSeconds(5)));
        try (Target target =
                Target.start(new HttpOptions("127.0.0.1", 0, List.of(), Set.of(), Tls.of(certificate, key), limits))) {
            int port = target.http.port();
            assertThat(target.http.uri().getScheme()).isEqualTo("https");
            assertThat(ask(port, "TLSv1.3")).startsWith("HTTP/1.1 200").endsWith("hello");
            assertThat(ask(port, "TLSv1.2")).startsWith("HTTP/1.1 200").endsWith("hello");
            assertThatThrownBy(() -> ask(port, "TLSv1.1")).isInstanceOf(SSLHandshakeException.class);
            try (RawClient plain = RawClient.connect(port, "127.0.0.1")) {
                assertThat(plain.request("GET /hello HTTP/1.1").readToEnd()).doesNotContain("hello");
            }
            try (RawClient silent = RawClient.connect(port, "127.0.0.1")) {
                assertThat(silent.send("\u0016\u0003").awaitClose()).isLessThan(Duration.ofSeconds(15));
            }
            assertThat(ask(port, "TLSv1.3")).endsWith("hello");
        }
    }

    @Test
    void h12SaysWhichFileIsWrongAndWhatToDo() throws Exception {
        Path nothing = folder.resolve("nothing.pem");
        assertThatThrownBy(() -> Tls.of(nothing, key))
                .isInstanceOf(TlsException.class)
                .hasMessage(nothing + " cannot be read; check --tls-cert");
        assertThatThrownBy(() -> Tls.of(certificate, nothing)).hasMessage(nothing + " cannot be read; check --tls-key");
        assertThatThrownBy(() -> Tls.of(key, key))
                .hasMessageContaining(key.toString())
                .hasMessageContaining("--tls-cert");
        assertThatThrownBy(() -> Tls.of(certificate, certificate)).hasMessageContaining("unencrypted PKCS#8 key");
        Path broken = Files.writeString(
                folder.resolve("broken.pem"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertThatThrownBy(() -> Tls.of(certificate, broken)).hasMessageEndingWith("check --tls-key");
        Path first = Files.copy(certificate, folder.resolve("first.pem"));
        Files.delete(folder.resolve("store.p12"));
        makeACertificate();
        Path other = key;
        assertThatThrownBy(() -> Tls.of(first, other))
                .hasMessage(other + " is not the key of the first certificate in " + first);
    }
}
