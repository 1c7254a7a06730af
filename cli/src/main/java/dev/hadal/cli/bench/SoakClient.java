package dev.hadal.cli.bench;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sends requests, each on a connection of its own, and sees when bytes come back. A client library would hide refused
 * connections, retries and the signs of life that the soaks are about.
 */
final class SoakClient {
    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;
    private static final int HEX = 16;

    private final URI server;
    private final String key;
    private final Duration patience;

    /**
     * @param server its address
     * @param key sent as the bearer of each request; empty for none
     * @param patience longest wait for the next byte
     */
    SoakClient(URI server, String key, Duration patience) {
        this.server = server;
        this.key = key;
        this.patience = patience;
    }

    /** A response from its first byte on. */
    static final class Response implements AutoCloseable {
        private final Socket socket;
        private final Arrivals arrivals;
        private final int status;
        private final Map<String, String> headers = new HashMap<>();
        private final InputStream body;

        private Response(Socket socket) throws IOException {
            this.socket = socket;
            this.arrivals = new Arrivals(socket.getInputStream());
            InputStream in = new BufferedInputStream(arrivals);
            String first = line(in);
            if (!first.startsWith("HTTP/1.1 ")) {
                throw new IOException("the response begins with '" + first + "'");
            }
            this.status = Integer.parseInt(first.split(" ", -1)[1]);
            for (String header = line(in); !header.isEmpty(); header = line(in)) {
                int colon = header.indexOf(':');
                headers.put(
                        header.substring(0, colon).toLowerCase(Locale.ROOT),
                        header.substring(colon + 1).strip());
            }
            this.body = header("transfer-encoding").equals("chunked") ? new Chunked(in) : in;
        }

        int status() {
            return status;
        }

        /** A header; empty if it was not sent. */
        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        /** The rest of the body. A body that breaks off is an exception. */
        String text() throws IOException {
            String length = header("content-length");
            byte[] bytes = length.isEmpty() ? body.readAllBytes() : body.readNBytes(Integer.parseInt(length));
            if (!length.isEmpty() && bytes.length < Integer.parseInt(length)) {
                throw new IOException("the body broke off");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }

        /** The next line of the body. */
        String nextLine() throws IOException {
            return line(body);
        }

        /** The lines of the rest of the body, as they come. A body that breaks off is an exception. */
        Stream<String> lines() {
            return new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8)).lines();
        }

        /** The longest time in which nothing came, from the request on. */
        Duration longestSilence() {
            return Duration.ofNanos(arrivals.longest);
        }

        /** Closes the connection before the response is complete. */
        void leave() throws IOException {
            socket.close();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** Sends a request without a body and waits for the head of its response. */
    Response get(String path) throws IOException {
        return send("GET", path, "");
    }

    /** Sends JSON and waits for the head of the response. */
    Response post(String path, String json) throws IOException {
        return send("POST", path, json);
    }

    private Response send(String method, String path, String json) throws IOException {
        Socket socket = open();
        try {
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            String head = method + " " + path + " HTTP/1.1\r\nHost: " + server.getAuthority()
                    + "\r\nConnection: close\r\n"
                    + (key.isEmpty() ? "" : "Authorization: Bearer " + key + "\r\n")
                    + (body.length == 0
                            ? ""
                            : "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n")
                    + "\r\n";
            OutputStream out = socket.getOutputStream();
            byte[] first = head.getBytes(StandardCharsets.UTF_8);
            byte[] all = java.util.Arrays.copyOf(first, first.length + body.length);
            System.arraycopy(body, 0, all, first.length, body.length);
            out.write(all);
            out.flush();
            return new Response(socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private Socket open() throws IOException {
        boolean tls = "https".equals(server.getScheme());
        int port = server.getPort() >= 0 ? server.getPort() : tls ? HTTPS_PORT : HTTP_PORT;
        Socket socket = tls ? SSLSocketFactory.getDefault().createSocket() : new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) patience.toMillis());
        socket.connect(new InetSocketAddress(server.getHost(), port), (int) patience.toMillis());
        return socket;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the connection was closed after '" + line + "'");
            }
            line.append((char) next);
        }
        return !line.isEmpty() && line.charAt(line.length() - 1) == '\r'
                ? line.substring(0, line.length() - 1)
                : line.toString();
    }

    /** Notes when bytes come. */
    private static final class Arrivals extends FilterInputStream {
        private long last = System.nanoTime();
        private long longest;

        private Arrivals(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = super.read(into, offset, length);
            long now = System.nanoTime();
            longest = Math.max(longest, now - last);
            last = now;
            return read;
        }
    }

    /** A body in chunks, put together. */
    private static final class Chunked extends InputStream {
        private final InputStream in;
        private long left;
        private boolean first = true;
        private boolean over;

        private Chunked(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left == 0 && !over) {
                next();
            }
            if (over) {
                return -1;
            }
            int read = in.read(into, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw new IOException("the connection was closed in the middle of the body");
            }
            left -= read;
            return read;
        }

        private void next() throws IOException {
            if (!first) {
                line(in);
            }
            first = false;
            left = Long.parseLong(line(in).strip(), HEX);
            if (left == 0) {
                line(in);
                over = true;
            }
        }
    }
}
