package dev.hadal.server.ops;

import dev.hadal.server.http.RequestLog;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;

/** One structured line for each request, and its count in the metrics. */
public final class AccessLog implements RequestLog {
    /** The name of the logger, so that it can be switched off by itself. */
    public static final String LOGGER = "dev.hadal.server.access";

    private final System.Logger logger = System.getLogger(LOGGER);
    private final Metrics metrics;

    /** Counts in these metrics. */
    public AccessLog(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void ended(Entry entry) {
        metrics.httpEnded(entry.request().route(), entry.request().method(), entry.status());
        if (logger.isLoggable(Level.INFO)) {
            logger.log(Level.INFO, LogLine.of("request", fields(entry)));
        }
    }

    private static Map<String, Object> fields(Entry entry) {
        Asked asked = entry.request();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", entry.id());
        fields.put("method", asked.method());
        fields.put("path", asked.path());
        fields.put("status", entry.status());
        fields.put("ms", entry.duration().toMillis());
        fields.put("bytes", entry.bytes());
        if (!asked.key().isEmpty()) {
            fields.put("key", asked.key());
        }
        fields.put("from", asked.address());
        if (asked.trace() != null) {
            fields.put("traceparent", asked.trace());
        }
        fields.putAll(entry.notes());
        return fields;
    }
}
