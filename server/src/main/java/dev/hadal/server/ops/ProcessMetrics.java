package dev.hadal.server.ops;

import dev.hadal.server.http.HttpServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the process and its connections take, under the names that dashboards know. */
public final class ProcessMetrics {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";
    private static final int KIB = 1024;

    private ProcessMetrics() {}

    /** Shows them. */
    public static void register(Metrics metrics, HttpServer http) {
        metrics.gauge("process_resident_memory_bytes", "Resident memory", ProcessMetrics::residentBytes);
        metrics.gauge("jvm_memory_used_bytes", "Java heap in use", ProcessMetrics::heapBytes);
        metrics.gauge("jvm_threads_current", "Platform threads", Thread::activeCount);
        metrics.gauge("hadal_http_connections", "Open connections", http::connections);
        metrics.gauge("hadal_http_requests_active", "Requests being answered", http::active);
        metrics.gauge("hadal_http_body_bytes", "Memory of request bodies in flight", http::bodyBytes);
        metrics.gauge("hadal_http_body_limit_bytes", "Most memory of request bodies", http::bodyLimitBytes);
        metrics.total("hadal_http_bodies_refused_total", "Bodies refused for lack of memory", http::refusedBodies);
        metrics.total(
                "hadal_http_connections_refused_total",
                "Connections closed because there were too many",
                http::refusedConnections);
        metrics.total(
                "hadal_http_connections_late_total",
                "Connections closed because their headers took too long",
                http::lateConnections);
    }

    private static double heapBytes() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** Memory that the process has in RAM; 0 where the system does not say. */
    public static long residentBytes() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(RESIDENT))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
