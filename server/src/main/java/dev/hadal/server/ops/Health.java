package dev.hadal.server.ops;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Whether the server can be sent requests. It is alive as long as it answers at all. */
public final class Health {
    private final List<Supplier<String>> checks = new CopyOnWriteArrayList<>();
    private volatile boolean started;
    private volatile boolean draining;

    /** What a probe is told. */
    public enum State {
        /** Models are being opened, or kernels compiled. */
        WARMING,
        /** Requests are answered. */
        READY,
        /** Something is wrong with a model. */
        UNHEALTHY,
        /** The server has been told to stop; what runs is finished. */
        DRAINING
    }

    /** Adds a check that names a problem; an empty text says that there is none. */
    public void check(Supplier<String> problem) {
        checks.add(problem);
    }

    /** All models are open. */
    public void started() {
        started = true;
    }

    /** The server has been told to stop. */
    public void drain() {
        draining = true;
    }

    /** Whether the server has been told to stop. */
    public boolean draining() {
        return draining;
    }

    /** The state at this moment. */
    public State state() {
        if (draining) {
            return State.DRAINING;
        }
        if (!started) {
            return State.WARMING;
        }
        return problem().isEmpty() ? State.READY : State.UNHEALTHY;
    }

    /** Whether requests are answered. */
    public boolean ready() {
        return state() == State.READY;
    }

    /** What is wrong; empty if nothing is. */
    public String problem() {
        if (draining) {
            return "the server is shutting down";
        }
        if (!started) {
            return "the models are being opened";
        }
        return checks.stream()
                .map(Supplier::get)
                .filter(problem -> !problem.isEmpty())
                .findFirst()
                .orElse("");
    }
}
