package dev.hadal.server.ops;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/** What Prometheus can read at {@code /metrics}. Labels have few values, whatever clients send. */
public final class Metrics {
    /** The content type of {@link #page}. */
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final double NANOS = 1e-9;
    private static final double[] WAITS = {
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640
    };
    private static final double[] GAPS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5
    };

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Counter requests = Counter.builder()
            .name("hadal_http_requests_total")
            .help("HTTP requests by route, method and status")
            .labelNames("route", "method", "status")
            .register(registry);
    private final Counter finished =
            counter("hadal_request_success_total", "Answers by reason of their end", "model", "finished_reason");
    private final Counter aborts =
            counter("hadal_request_aborts_total", "Answers broken off, by cause", "model", "cause");
    private final Counter promptTokens = counter("hadal_prompt_tokens_total", "Tokens of prompts", "model");
    private final Counter generatedTokens = counter("hadal_generation_tokens_total", "Tokens generated", "model");
    private final Counter reasoningTokens = counter("hadal_reasoning_tokens_total", "Tokens of reasoning", "model");
    private final Counter hitTokens =
            counter("hadal_prefix_cache_hit_tokens_total", "Tokens of prompts found in the cache", "model");
    private final Histogram firstToken =
            histogram("hadal_time_to_first_token_seconds", "From the request to the first token", WAITS);
    private final Histogram perToken =
            histogram("hadal_time_per_output_token_seconds", "Mean time between tokens of an answer", GAPS);
    private final Histogram queueTime =
            histogram("hadal_request_queue_time_seconds", "From the request to the first computation", WAITS);
    private final Histogram latency =
            histogram("hadal_e2e_request_latency_seconds", "From the request to the end of the answer", WAITS);
    private final Counter cost = counter("hadal_cost_dollars_total", "Cost by the price list", "model");

    private Counter counter(String name, String help, String... labels) {
        return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
    }

    private Histogram histogram(String name, String help, double[] bounds) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames("model")
                .classicOnly()
                .classicUpperBounds(bounds)
                .register(registry);
    }

    /** Shows a number that is asked for when it is wanted. */
    public void gauge(String name, String help, DoubleSupplier value) {
        var _ = GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    /** Shows a number of a model that is asked for when it is wanted. */
    public void gauges(String name, String help, Iterable<ModelValue> values) {
        var _ = GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("model")
                .callback(callback ->
                        values.forEach(value -> callback.call(value.value().getAsDouble(), value.model())))
                .register(registry);
    }

    /**
     * A number of a model.
     *
     * @param model the name it is served under
     * @param value gives the number
     */
    public record ModelValue(String model, DoubleSupplier value) {}

    /** Shows a number that only grows. */
    public void total(String name, String help, DoubleSupplier value) {
        var _ = CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    /** Shows a word, as the version, as the value of a label. */
    public void info(String name, String help, String label, String value) {
        Info.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .register(registry)
                .setLabelValues(value);
    }

    /** A request is over. The route is that of the table, so that there are few. */
    void httpEnded(String route, String method, int status) {
        requests.labelValues(route.isEmpty() ? "none" : route, method, String.valueOf(status))
                .inc();
    }

    /** Usage was settled. */
    void settled(UsageRecord usage, long picoDollars) {
        String model = usage.model();
        if (usage.outcome().aborted()) {
            aborts.labelValues(model, usage.outcome().label()).inc();
        } else {
            finished.labelValues(model, usage.outcome().label()).inc();
        }
        promptTokens.labelValues(model).inc(usage.tokens().prompt());
        generatedTokens.labelValues(model).inc(usage.tokens().completion());
        reasoningTokens.labelValues(model).inc(usage.tokens().reasoning());
        hitTokens.labelValues(model).inc(usage.tokens().cacheHit());
        cost.labelValues(model).inc((double) picoDollars / PriceList.DOLLAR);
        UsageRecord.Times times = usage.times();
        queueTime.labelValues(model).observe(seconds(times.queued()));
        latency.labelValues(model).observe(seconds(times.total()));
        if (!times.firstToken().isZero()) {
            firstToken.labelValues(model).observe(seconds(times.firstToken()));
            if (usage.tokens().completion() > 1) {
                perToken.labelValues(model)
                        .observe(seconds(times.total().minus(times.firstToken()))
                                / (usage.tokens().completion() - 1));
            }
        }
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() * NANOS;
    }

    /** All of it in the text format of Prometheus. */
    public byte[] page() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
