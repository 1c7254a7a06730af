package dev.hadal.cli.bench;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/** A soak of a whole server, over its connections. */
public enum SoakMode {
    /** Three times as many requests as it can answer. */
    OVERLOAD(8, 16) {
        @Override
        public Outcome run(Target target, Duration time, Consumer<String> progress)
                throws IOException, InterruptedException {
            SoakOverload soak = new SoakOverload(target.client(PATIENCE), target.clients(), target.here(), progress);
            SoakReport report = soak.run(time);
            return new Outcome(report, soak.firstBroken());
        }
    },
    /** Clients that wait for minutes. */
    SILENCE(1, 1000) {
        @Override
        public Outcome run(Target target, Duration time, Consumer<String> progress)
                throws IOException, InterruptedException {
            SoakSilence soak = new SoakSilence(target.client(STRICT), progress);
            SoakReport report = soak.run(time);
            return new Outcome(report, soak.firstBroken());
        }
    };

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** A sign of life is due every five seconds. */
    private static final Duration STRICT = Duration.ofSeconds(20);

    private final int running;
    private final int queue;

    SoakMode(int running, int queue) {
        this.running = running;
        this.queue = queue;
    }

    /**
     * What is soaked.
     *
     * @param uri where it listens
     * @param key sent with each request; empty for none
     * @param clients how many clients measure its capacity
     * @param here whether it is in this process
     */
    public record Target(URI uri, String key, int clients, boolean here) {
        private SoakClient client(Duration patience) {
            return new SoakClient(uri, key, patience);
        }
    }

    /**
     * What came of it.
     *
     * @param firstBroken what was wrong with the first request that went wrong; empty if none did
     */
    public record Outcome(SoakReport report, String firstBroken) {}

    /** The settings of a server that this is meant for. */
    public Map<String, String> settings() {
        return Map.of("limits.running", String.valueOf(running), "limits.queue", String.valueOf(queue));
    }

    /**
     * Runs for some time.
     *
     * @param progress is told how far it is
     * @throws IOException if the server is not to be reached
     */
    public abstract Outcome run(Target target, Duration time, Consumer<String> progress)
            throws IOException, InterruptedException;
}
