package dev.hadal.server.ops;

import dev.hadal.server.auth.Right;
import dev.hadal.server.http.Dialect;
import dev.hadal.server.http.Exchange;
import dev.hadal.server.http.Route;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Probes and metrics. */
public final class OpsRoutes {
    private OpsRoutes() {}

    /** {@code /health}, {@code /livez} and {@code /readyz} for everybody, {@code /metrics} for keys with the right. */
    public static List<Route> of(Health health, Metrics metrics) {
        return List.of(
                Route.open("/health", OpsRoutes::alive),
                Route.open("/livez", OpsRoutes::alive),
                Route.open("/readyz", exchange -> ready(exchange, health)),
                Route.get(
                        "/metrics",
                        Right.METRICS,
                        Dialect.OPENAI,
                        exchange -> exchange.respond(200, Metrics.CONTENT_TYPE, metrics.page())));
    }

    private static void alive(Exchange exchange) {
        exchange.respond(200, Exchange.JSON, json("{\"status\":\"ok\"}"));
    }

    /** The state only: what is wrong is for the log, not for whoever asks. */
    private static void ready(Exchange exchange, Health health) {
        Health.State state = health.state();
        if (state == Health.State.READY) {
            exchange.respond(200, Exchange.JSON, json("{\"status\":\"ready\"}"));
        } else {
            exchange.header("Retry-After", "2");
            exchange.respond(
                    503, Exchange.JSON, json("{\"status\":\"" + state.name().toLowerCase(Locale.ROOT) + "\"}"));
        }
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
