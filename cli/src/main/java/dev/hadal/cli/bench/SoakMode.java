package dev.hadal.cli.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A soak of a whole server, over its connections. */
public enum SoakMode {
    /** Three times as many requests as it can answer. */
    OVERLOAD {
        @Override
        public Map<String, String> settings() {
            return Map.of("limits.running", "8", "limits.queue", "16");
        }

        @Override
        public Outcome run(Target target, Duration time, Consumer<String> progress)
                throws IOException, InterruptedException {
            boolean here = target.files() != null;
            SoakOverload soak = new SoakOverload(target.client(PATIENCE), target.clients(), here, progress);
            SoakReport report = soak.run(time);
            return new Outcome(report, soak.firstBroken());
        }
    },
    /** Clients that wait for minutes: as many can be read as there are of each kind, and as many hold the others up. */
    SILENCE {
        @Override
        public Map<String, String> settings() {
            // What held places in an earlier soak did so for as long, and would have those who wait refused.
            return Map.of(
                    "limits.running",
                    String.valueOf(SoakSilence.KINDS),
                    "limits.queue",
                    "1000",
                    "limits.queue-time",
                    "60m");
        }

        @Override
        public Outcome run(Target target, Duration time, Consumer<String> progress)
                throws IOException, InterruptedException {
            SoakSilence soak = new SoakSilence(target.client(STRICT), progress);
            SoakReport report = soak.run(time);
            return new Outcome(report, soak.firstBroken());
        }
    },
    /** Thousands of different schemas; the time is what they take. */
    SCHEMAS {
        @Override
        public Map<String, String> settings() {
            return Map.of("limits.state", String.valueOf(SCHEMAS_STATE));
        }

        @Override
        public Outcome run(Target target, Duration time, Consumer<String> progress)
                throws IOException, InterruptedException {
            SoakSchemas soak = new SoakSchemas(target.client(PATIENCE), target.schemas(), target.files(), progress);
            SoakReport report = soak.run();
            return new Outcome(report, soak.firstBroken());
        }
    };

    /** Memory that a server may remember prompts in while it gets schemas: less than all of them would take. */
    static final long SCHEMAS_STATE = 8L << 20;

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** A sign of life is due every five seconds. */
    private static final Duration STRICT = Duration.ofSeconds(20);

    /**
     * What is soaked.
     *
     * @param uri where it listens
     * @param key sent with each request; empty for none
     * @param clients how many clients measure its capacity
     * @param schemas how many schemas are sent
     * @param files the directory of its ledger and its log if it is in this process; null if it is elsewhere
     */
    public record Target(
            URI uri,
            String key,
            int clients,
            int schemas,
            @Nullable Path files) {
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

    /** Whether the files that a server writes are looked at, so that it needs a ledger and a log of requests. */
    public boolean looksAtFiles() {
        return this == SCHEMAS;
    }

    /** The settings of a server that this is meant for, by their names. */
    public abstract Map<String, String> settings();

    /**
     * Runs for some time.
     *
     * @param progress is told how far it is
     * @throws IOException if the server is not to be reached
     */
    public abstract Outcome run(Target target, Duration time, Consumer<String> progress)
            throws IOException, InterruptedException;
}
