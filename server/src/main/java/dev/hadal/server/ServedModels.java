package dev.hadal.server;

import dev.hadal.BackendStatus;
import dev.hadal.ChatBackend;
import dev.hadal.server.api.ServedModel;
import dev.hadal.server.ops.Health;
import dev.hadal.server.ops.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The models of a server, which are opened after it has begun to listen: that may take minutes. */
public final class ServedModels implements AutoCloseable {
    private final List<Entry> entries = new ArrayList<>();

    /** One model under all its names. */
    private record Entry(List<String> names, OpeningBackend backend, Supplier<ChatBackend> opener) {}

    /**
     * Adds a model.
     *
     * @param names what clients call it; usage is recorded under the name that was asked for
     * @param opener opens it, later
     */
    public ServedModels add(List<String> names, Supplier<ChatBackend> opener) {
        entries.add(new Entry(List.copyOf(names), new OpeningBackend(), opener));
        return this;
    }

    /** All names, each with what answers. */
    public List<ServedModel> served() {
        return entries.stream()
                .flatMap(entry -> entry.names().stream().map(name -> new ServedModel(name, entry.backend())))
                .toList();
    }

    /** Opens all models, one after the other. */
    public void open() {
        for (Entry entry : entries) {
            entry.backend().opened(entry.opener().get());
        }
    }

    /** Watches over the models and shows how they fare. */
    void observe(Health health, Metrics metrics) {
        for (Entry entry : entries) {
            health.check(() -> {
                BackendStatus status = entry.backend().status();
                return status.healthy() ? "" : entry.names().getFirst() + ": " + status.problem();
            });
        }
        gauges(metrics, "hadal_num_requests_running", "Answers being computed", BackendStatus::running);
        gauges(metrics, "hadal_num_requests_waiting", "Answers that wait for their turn", BackendStatus::waiting);
        gauges(metrics, "hadal_state_bytes", "Memory of sequences and cached prefixes", BackendStatus::stateBytes);
    }

    private void gauges(Metrics metrics, String name, String help, ToDoubleFunction<BackendStatus> value) {
        List<Metrics.ModelValue> values = entries.stream()
                .map(entry -> new Metrics.ModelValue(
                        entry.names().getFirst(),
                        () -> value.applyAsDouble(entry.backend().status())))
                .toList();
        metrics.gauges(name, help, values);
    }

    /** Breaks off what runs. */
    @Override
    public void close() {
        entries.forEach(entry -> entry.backend().close());
    }
}
