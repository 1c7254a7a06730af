package dev.hadal.server.load;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures a server of this machine that runs {@code hadal serve --script} with an answer of 500 words and a delay of 20
 * ms: what idle connections cost, the gaps between the events of many streams, a large body. Traffic goes to the loopback
 * only, and ends by itself.
 *
 * <pre>
 * hadal serve --script load.yaml --port 8123 --ledger off --set log.requests=false
 * java -cp ... dev.hadal.server.load.LoadMeasurement 8123
 * </pre>
 */
final class LoadMeasurement {
    private static final int CONNECTIONS = 9_900;
    private static final int PER_ADDRESS = 200;
    private static final int STREAMS = 64;
    private static final int BODY_BYTES = 16 << 20;

    private final int port;
    private final PrintStream out;
    private final HttpClient client = HttpClient.newBuilder()
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    private LoadMeasurement(int port, PrintStream out) {
        this.port = port;
        this.out = out;
    }

    public static void main(String[] args) throws Exception {
        LoadMeasurement measurement = new LoadMeasurement(
                Integer.parseInt(args[0]),
                new PrintStream(
                        new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8));
        measurement.streams();
        measurement.streams();
        measurement.idle();
        measurement.body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/json");
    }

    private double metric(String name) throws Exception {
        return client.send(request("/metrics").build(), HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .sum();
    }

    private void idle() throws Exception {
        double before = metric("process_resident_memory_bytes");
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Socket socket = new Socket();
            int address = i / PER_ADDRESS;
            socket.bind(new InetSocketAddress(
                    InetAddress.ofLiteral("127.0." + (1 + address / 200) + "." + (1 + address % 200)), 0));
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
            sockets.add(socket);
        }
        // Every connection has had one request, so that what a request leaves behind is counted too.
        for (Socket socket : sockets) {
            socket.getOutputStream()
                    .write("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        for (Socket socket : sockets) {
            socket.getInputStream().read(new byte[1024]);
        }
        double open = metric("hadal_http_connections");
        double after = metric("process_resident_memory_bytes");
        out.printf(
                "idle connections: %.0f open, resident memory %.0f MB before, %.0f MB with them: %.0f MB%n",
                open, before / 1e6, after / 1e6, (after - before) / 1e6);
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void streams() throws Exception {
        List<Double> all = new ArrayList<>();
        long began = System.nanoTime();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Double>>> running = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                running.add(clients.submit(this::gaps));
            }
            for (Future<List<Double>> one : running) {
                all.addAll(one.get());
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        double[] gaps = all.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(gaps);
        out.printf(
                "%d streams: %d gaps in %.1f s (%.1f events a second and stream); median %.1f ms, p99 %.1f, p99.9 %.1f, longest %.1f%n",
                STREAMS,
                gaps.length,
                seconds,
                gaps.length / seconds / STREAMS,
                at(gaps, 0.5),
                at(gaps, 0.99),
                at(gaps, 0.999),
                gaps[gaps.length - 1]);
    }

    private static double at(double[] sorted, double share) {
        return sorted[(int) (share * (sorted.length - 1))];
    }

    private List<Double> gaps() throws Exception {
        HttpRequest request = request("/chat/completions")
                .POST(
                        HttpRequest.BodyPublishers.ofString(
                                "{\"model\":\"deepseek-v4-flash\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"go\"}]}"))
                .build();
        List<Double> gaps = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8))) {
            long last = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("data: {")) {
                    long now = System.nanoTime();
                    if (last != 0) {
                        gaps.add((now - last) / 1e6);
                    }
                    last = now;
                }
            }
        }
        return gaps;
    }

    private void body() throws Exception {
        String text = "word ".repeat(BODY_BYTES / 5);
        HttpRequest request = request("/anthropic/v1/messages/count_tokens")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"deepseek-v4-flash\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text
                                + "\"}]}"))
                .build();
        for (int i = 0; i < 3; i++) {
            double before = metric("process_resident_memory_bytes");
            long began = System.nanoTime();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            out.printf(
                    "body of %d MiB: status %d, %s, %.2f s, resident memory %.0f MB before, %.0f MB after%n",
                    BODY_BYTES >> 20,
                    response.statusCode(),
                    response.body().strip(),
                    (System.nanoTime() - began) / 1e9,
                    before / 1e6,
                    metric("process_resident_memory_bytes") / 1e6);
        }
    }
}
