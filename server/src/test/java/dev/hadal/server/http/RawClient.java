package dev.hadal.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client that sends exactly the bytes it is told to, and tells exactly what came back. */
public final class RawClient implements AutoCloseable {
    private final Socket socket;

    private RawClient(Socket socket) {
        this.socket = socket;
    }

    /** Connects to a server on the loopback. */
    public static RawClient connect(HttpServer server) throws IOException {
        return connect(server.port(), "127.0.0.1");
    }

    /** Connects from one of the addresses of the loopback. */
    public static RawClient connect(int port, String from) throws IOException {
        return connect(port, from, 0);
    }

    /** Connects with a receive buffer of a size, so that a reader who does not read is soon noticed. */
    public static RawClient connect(int port, String from, int receiveBytes) throws IOException {
        Socket socket = new Socket();
        if (receiveBytes > 0) {
            socket.setReceiveBufferSize(receiveBytes);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new RawClient(socket);
    }

    /** The socket. */
    public Socket socket() {
        return socket;
    }

    /** Sends text, one byte a character. */
    public RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    /** Sends a request line and headers, Host included. */
    public RawClient request(String line, String... headers) throws IOException {
        StringBuilder head = new StringBuilder(line).append("\r\nHost: localhost\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return send(head.append("\r\n").toString());
    }

    /** Sends a POST of JSON. */
    public RawClient post(String path, String json, String... headers) throws IOException {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 2, headers.length);
        all[0] = "Content-Type: application/json";
        all[1] = "Content-Length: " + json.getBytes(StandardCharsets.UTF_8).length;
        request("POST " + path + " HTTP/1.1", all);
        socket.getOutputStream().write(json.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Everything until the server closes the connection, or resets it. */
    public String readToEnd() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                all.write(next);
            }
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            all.write("<reset>".getBytes(StandardCharsets.US_ASCII));
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    /** What comes until a text has come; less if the server closes before. */
    public String readUntil(String text) throws IOException {
        StringBuilder read = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (read.indexOf(text) < 0) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            read.append((char) next);
        }
        return read.toString();
    }

    /** The next response: its head and a body of the announced length. */
    public String response() throws IOException {
        String head = readUntil("\r\n\r\n");
        int at = head.toLowerCase(java.util.Locale.ROOT).indexOf("content-length: ");
        if (at < 0) {
            return head;
        }
        int length = Integer.parseInt(
                head.substring(at + 16, head.indexOf("\r\n", at)).strip());
        return head + new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
    }

    /** Waits until the server has closed the connection; how long that took. */
    public Duration awaitClose() throws IOException {
        long began = System.nanoTime();
        readToEnd();
        return Duration.ofNanos(System.nanoTime() - began);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Closes the connection before its time. */
    public void leave() throws IOException {
        socket.close();
    }

    /** Ends the connection with a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}
