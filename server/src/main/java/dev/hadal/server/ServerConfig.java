package dev.hadal.server;

import static dev.hadal.server.config.Setting.Kind.AMOUNT;
import static dev.hadal.server.config.Setting.Kind.BYTES;
import static dev.hadal.server.config.Setting.Kind.COUNT;
import static dev.hadal.server.config.Setting.Kind.DURATION;
import static dev.hadal.server.config.Setting.Kind.LIST;
import static dev.hadal.server.config.Setting.Kind.SWITCH;
import static dev.hadal.server.config.Setting.Kind.TEXT;

import dev.hadal.engine.EngineOptions;
import dev.hadal.server.auth.ApiKeys;
import dev.hadal.server.config.ConfigException;
import dev.hadal.server.config.Setting;
import dev.hadal.server.config.Settings;
import dev.hadal.server.http.HostPolicy;
import dev.hadal.server.http.HttpOptions;
import dev.hadal.server.http.Limits;
import dev.hadal.server.http.Tls;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a server is run, checked.
 *
 * @param http how it listens
 * @param access who may use it
 * @param behaviour what it does where clients can tell
 * @param logging what it writes down
 * @param engine how answers share a model
 * @param drain how long it waits for what runs when it is told to stop
 */
public record ServerConfig(
        HttpOptions http, Access access, Behaviour behaviour, Logging logging, EngineOptions engine, Duration drain) {
    /**
     * Who may use it, and for how much.
     *
     * @param keys the key file; null where everybody may do everything
     * @param ledger the usage ledger; null to keep none
     * @param prices name or file of the price list
     * @param budget what each key without a budget of its own may spend, in dollars; null without limit
     */
    public record Access(
            @Nullable Path keys,
            @Nullable Path ledger,
            String prices,
            @Nullable BigDecimal budget) {}

    /**
     * What it does where clients can tell.
     *
     * @param strictParity everything as the hosted service does it
     * @param legacyAliases whether the retired model names are answered: on, off or by-date
     * @param mapUnknownModels whether Anthropic requests for unknown models go to the smaller one
     */
    public record Behaviour(boolean strictParity, String legacyAliases, boolean mapUnknownModels) {}

    /**
     * What it writes down.
     *
     * @param json lines of JSON instead of text
     * @param requests a line for each request
     * @param bodies what is asked and answered, which is nobody's business by default
     */
    public record Logging(boolean json, boolean requests, boolean bodies) {}

    /** Everything that can be set, in the order in which it is printed. */
    public static Settings settings() {
        return new Settings(List.of(
                setting("host", TEXT, "127.0.0.1", "address to listen on"),
                setting("port", COUNT, "8000", "port to listen on"),
                setting("allowed-hosts", LIST, "", "further names that clients may call the server by"),
                setting("cors-origins", LIST, "", "origins of web pages that may call"),
                setting("api-keys", TEXT, "", "key file; needed unless only this machine can connect"),
                setting("ledger", TEXT, "off", "file of usage records, or off"),
                setting("prices", TEXT, "current", "price list: launch, june, current, or a file"),
                setting("budget", AMOUNT, "", "dollars that each key may spend"),
                setting("strict-parity", SWITCH, "false", "do everything as the hosted service does"),
                setting("legacy-aliases", TEXT, "by-date", "deepseek-chat and -reasoner: on, off, by-date"),
                setting("map-unknown-models", SWITCH, "false", "Anthropic path: unknown models are the smaller one"),
                setting("drain", DURATION, "90s", "longest wait for running requests at the end"),
                setting("tls.cert", TEXT, "", "PEM file of the certificate chain"),
                setting("tls.key", TEXT, "", "PEM file of its key"),
                setting("log.format", TEXT, "text", "text or json"),
                setting("log.requests", SWITCH, "true", "a line for each request"),
                setting("log.bodies", SWITCH, "false", "log what is asked and answered"),
                setting("limits.request-line", BYTES, "8KiB", "request line; beyond: 414"),
                setting("limits.header", BYTES, "16KiB", "one header; beyond: 431"),
                setting("limits.headers", BYTES, "64KiB", "all headers together; beyond: 431"),
                setting("limits.header-count", COUNT, "100", "number of headers; beyond: 431"),
                setting("limits.body", BYTES, "32MiB", "request body; beyond: 413"),
                setting("limits.bodies", BYTES, "0", "bodies of all requests; 0: an eighth of the heap; beyond: 503"),
                setting("limits.body-rate", BYTES, "1KiB", "slowest body, a second; below: 408"),
                setting("limits.connections", COUNT, "10000", "open connections"),
                setting("limits.connections-per-address", COUNT, "256", "open connections from one address"),
                setting("limits.header-time", DURATION, "10s", "from the first byte to the end of the headers"),
                setting("limits.idle", DURATION, "60s", "idle connection"),
                setting("limits.write-stall", DURATION, "30s", "for a client to take what was sent"),
                setting("limits.keep-alive", DURATION, "5s", "between signs of life while a client waits"),
                setting("limits.json-depth", COUNT, "64", "nesting of JSON"),
                setting("limits.schema-depth", COUNT, "256", "nesting of schemas"),
                setting("limits.number-length", COUNT, "64", "digits of a number"),
                setting("limits.key-length", BYTES, "1KiB", "key of an object"),
                setting("limits.object-keys", COUNT, "10000", "keys of one object"),
                setting("limits.messages", COUNT, "100000", "messages of a request"),
                setting("limits.parts", COUNT, "1000", "content parts of a message"),
                setting("limits.tools", COUNT, "512", "tools of a request"),
                setting("limits.stops", COUNT, "16", "stop texts"),
                setting("limits.stop-length", BYTES, "1KiB", "one stop text"),
                setting("limits.choices", COUNT, "8", "answers to one request"),
                setting("limits.queue", COUNT, "1000", "waiting requests; beyond: 429"),
                setting("limits.queue-tokens", COUNT, "16777216", "tokens of waiting prompts; beyond: 429"),
                setting("limits.queue-bytes", BYTES, "256MiB", "memory of waiting requests; beyond: 429"),
                setting("limits.queue-time", DURATION, "10m", "predicted wait; beyond: 429"),
                setting("limits.tenant-share", COUNT, "50", "percent for one of several tenants of what others leave"),
                setting("limits.running", COUNT, "64", "answers that are computed at a time"),
                setting("limits.step", DURATION, "5m", "longest step of a model before the server is not ready"),
                setting(
                        "limits.state",
                        BYTES,
                        "0",
                        "memory of sequences and cached prefixes; 0: half of what weights leave of the heap")));
    }

    private static Setting setting(String name, Setting.Kind kind, String standard, String meaning) {
        return new Setting(name, kind, standard, meaning);
    }

    /**
     * Checks the settings as a whole.
     *
     * @throws ConfigException if they do not go together, or the key file is wrong
     * @throws dev.hadal.server.http.TlsException if the TLS files are wrong
     */
    public static ServerConfig of(Settings settings) {
        String host = settings.text("host");
        Path keys = settings.path("api-keys");
        if (keys == null && !HostPolicy.isLoopback(host)) {
            throw new ConfigException("host is " + host
                    + ", which other machines can reach, and there are no keys; give --api-keys FILE (hadal key new makes"
                    + " an entry) or listen on 127.0.0.1");
        }
        if (settings.count("port") > 65_535) {
            throw new ConfigException("port must be from 0 to 65535, but is " + settings.text("port"));
        }
        String format = settings.text("log.format");
        if (!format.equals("text") && !format.equals("json")) {
            throw new ConfigException("log.format must be text or json, but is " + format);
        }
        int share = tenantShare(settings, keys);
        String ledger = settings.text("ledger");
        return new ServerConfig(
                new HttpOptions(
                        host,
                        settings.count("port"),
                        settings.list("allowed-hosts"),
                        Set.copyOf(settings.list("cors-origins")),
                        tls(settings),
                        limits(settings, share)),
                new Access(
                        keys,
                        ledger.equals("off") ? null : Path.of(ledger),
                        settings.text("prices"),
                        settings.amount("budget")),
                new Behaviour(
                        settings.on("strict-parity"),
                        aliases(settings.text("legacy-aliases")),
                        settings.on("map-unknown-models")),
                new Logging(format.equals("json"), settings.on("log.requests"), settings.on("log.bodies")),
                engine(settings, share),
                settings.duration("drain"));
    }

    /** In percent; a tenant who is the only one has nobody to leave anything for. */
    private static int tenantShare(Settings settings, @Nullable Path keys) {
        int share = settings.count("limits.tenant-share");
        if (share < 1 || share > EngineOptions.QueueLimits.UNSHARED) {
            throw new ConfigException("limits.tenant-share must be from 1 to 100, but is " + share);
        }
        // Whoever uses the keys tells what is unsafe about their file.
        boolean several = keys != null && ApiKeys.read(keys, warning -> {}).tenants() > 1;
        return several ? share : EngineOptions.QueueLimits.UNSHARED;
    }

    private static EngineOptions engine(Settings settings, int share) {
        return EngineOptions.defaults()
                .withRunningSequences(settings.count("limits.running"))
                .withStateBudgetBytes(settings.bytes("limits.state"))
                .withLongestStep(settings.duration("limits.step"))
                .withQueue(new EngineOptions.QueueLimits(
                        settings.count("limits.queue"),
                        settings.count("limits.queue-tokens"),
                        settings.bytes("limits.queue-bytes"),
                        settings.duration("limits.queue-time"),
                        share));
    }

    private static String aliases(String written) {
        if (!Set.of("on", "off", "by-date").contains(written)) {
            throw new ConfigException("legacy-aliases must be on, off or by-date, but is " + written);
        }
        return written;
    }

    private static @Nullable Tls tls(Settings settings) {
        Path certificate = settings.path("tls.cert");
        Path key = settings.path("tls.key");
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            throw new ConfigException("TLS needs both --tls-cert and --tls-key");
        }
        return Tls.of(certificate, key);
    }

    private static Limits.Body body(Settings settings, int share) {
        long most = settings.bytes("limits.body");
        long all = settings.bytes("limits.bodies");
        if (all != 0 && all < Limits.Body.leastInFlight(most)) {
            throw new ConfigException("limits.bodies is " + settings.text("limits.bodies")
                    + ", of which an eighth is kept for small bodies, so that a body of limits.body, "
                    + settings.text("limits.body") + ", never fits; it must be at least "
                    + Limits.Body.leastInFlight(most) + ", or limits.body less");
        }
        return new Limits.Body(
                most, settings.size("limits.body-rate"), all == 0 ? Limits.Body.usualInFlight(most) : all, share);
    }

    private static Limits limits(Settings settings, int share) {
        return new Limits(
                new Limits.Head(
                        settings.size("limits.request-line"),
                        settings.size("limits.header"),
                        settings.size("limits.headers"),
                        settings.count("limits.header-count")),
                body(settings, share),
                new Limits.Connections(
                        settings.count("limits.connections"), settings.count("limits.connections-per-address")),
                new Limits.Timing(
                        settings.duration("limits.header-time"),
                        settings.duration("limits.idle"),
                        settings.duration("limits.write-stall"),
                        settings.duration("limits.keep-alive")),
                new Limits.Json(
                        settings.count("limits.json-depth"),
                        settings.count("limits.schema-depth"),
                        settings.count("limits.number-length"),
                        settings.size("limits.key-length"),
                        settings.count("limits.object-keys")),
                new Limits.Fields(
                        settings.count("limits.messages"),
                        settings.count("limits.parts"),
                        settings.count("limits.tools"),
                        settings.count("limits.stops"),
                        settings.size("limits.stop-length"),
                        settings.count("limits.choices")));
    }
}
