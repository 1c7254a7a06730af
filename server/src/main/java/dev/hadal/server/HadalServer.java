package dev.hadal.server;

import dev.hadal.server.auth.ApiKeys;
import dev.hadal.server.auth.Quotas;
import dev.hadal.server.http.HttpServer;
import dev.hadal.server.http.Route;
import dev.hadal.server.ops.AccessLog;
import dev.hadal.server.ops.Accounts;
import dev.hadal.server.ops.Health;
import dev.hadal.server.ops.Ledger;
import dev.hadal.server.ops.Metrics;
import dev.hadal.server.ops.OpsRoutes;
import dev.hadal.server.ops.PriceList;
import dev.hadal.server.ops.ProcessMetrics;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A running server. */
public final class HadalServer implements AutoCloseable {
    private static final long REFRESH_SECONDS = 5;
    private static final long WATCH_MILLIS = 500;
    private static final int NOTED_BYTES = 64 << 10;
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final System.Logger logger = System.getLogger(HadalServer.class.getName());
    private final ServerConfig config;
    private final Desk desk;
    private final @Nullable Ledger ledger;
    private final HttpServer http;
    private final List<Route> routes;
    private final ScheduledExecutorService clock;
    private final ApiKeys keys;
    /** What the log was last told to be wrong; only the clock's thread uses it. */
    private String reported = "";
    /** Whether shares are as the key file wants them, as far as the log knows; only the clock's thread uses it. */
    private boolean sharesInForce;

    /**
     * What routes are made of.
     *
     * @param config how the server is run
     * @param accounts settles usage
     * @param metrics counts
     * @param health tells probes
     * @param time the time of day
     */
    public record Desk(ServerConfig config, Accounts accounts, Metrics metrics, Health health, Clock time) {}

    private HadalServer(Desk desk, @Nullable Ledger ledger, HttpServer http, List<Route> routes, ApiKeys keys) {
        this.config = desk.config();
        this.routes = List.copyOf(routes);
        this.desk = desk;
        this.ledger = ledger;
        this.http = http;
        this.keys = keys;
        this.sharesInForce = keys.tenants() > 1;
        this.clock = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("hadal-keys").factory());
        var _ = clock.scheduleWithFixedDelay(this::watch, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
        var _ = clock.scheduleWithFixedDelay(this::refreshKeys, REFRESH_SECONDS, REFRESH_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Starts a server. It listens when this returns, and says that it is not ready until {@link #ready} is called.
     *
     * @param config how to run it
     * @param routes makes what it answers beside probes and metrics
     * @param time the time of day, for records and prices
     * @throws dev.hadal.server.config.ConfigException if a file is wrong
     * @throws dev.hadal.server.http.ListenException if the address is not to be had
     */
    public static HadalServer start(ServerConfig config, Function<Desk, List<Route>> routes, Clock time) {
        System.Logger logger = System.getLogger(HadalServer.class.getName());
        Path keyFile = config.access().keys();
        ApiKeys keys = keyFile == null
                ? ApiKeys.of(List.of())
                : ApiKeys.read(keyFile, warning -> logger.log(Level.WARNING, warning));
        PriceList prices = PriceList.of(config.access().prices());
        Path ledgerFile = config.access().ledger();
        Ledger ledger = ledgerFile == null ? null : Ledger.open(ledgerFile);
        try {
            Metrics metrics = new Metrics();
            Health health = new Health();
            Quotas quotas = new Quotas();
            Accounts accounts = new Accounts(
                    new Accounts.Books(ledger, prices, keys, config.access().budget(), metrics, time), quotas);
            Desk desk = new Desk(config, accounts, metrics, health, time);
            List<Route> all = new ArrayList<>(OpsRoutes.of(health, metrics));
            routes.apply(desk).forEach(route -> all.add(config.logging().bodies() ? noting(route) : route));
            KeyGate gate = new KeyGate(keyFile == null ? null : keys, quotas, accounts, health);
            HttpServer http = HttpServer.start(config.http(), all, gate, new AccessLog(metrics));
            ProcessMetrics.register(metrics, http);
            return new HadalServer(desk, ledger, http, all, keys);
        } catch (RuntimeException | Error e) {
            if (ledger != null) {
                ledger.close();
            }
            throw e;
        }
    }

    /** Shares are made when the server starts: then, one tenant had nobody to leave anything for. */
    private void refreshKeys() {
        keys.refresh();
        if (!sharesInForce && keys.tenants() > 1) {
            sharesInForce = true;
            logger.log(
                    Level.WARNING,
                    "the key file has more than one tenant now; limits.tenant-share is in force after a restart");
        }
    }

    /** Tells the log when a model stands still or fails, and when it is well again. */
    private void watch() {
        String problem =
                desk.health().state() == Health.State.UNHEALTHY ? desk.health().problem() : "";
        if (!problem.isEmpty() && reported.isEmpty()) {
            logger.log(Level.WARNING, "not ready: " + problem);
        } else if (problem.isEmpty() && !reported.isEmpty()) {
            logger.log(Level.INFO, "no longer: " + reported);
        }
        reported = problem;
    }

    /** The same route, with its bodies in the log. */
    private static Route noting(Route route) {
        return new Route(route.method(), route.path(), route.right(), route.dialect(), exchange -> {
            exchange.noteBodies(NOTED_BYTES);
            route.handler().handle(exchange);
        });
    }

    /** All models are open: requests are answered from now on. */
    public void ready() {
        desk.health().started();
    }

    /** The address to call, without a slash at the end. */
    public URI uri() {
        return http.uri();
    }

    /** What the routes were made of. */
    public Desk desk() {
        return desk;
    }

    /** Everything that can be called. */
    public List<Route> routes() {
        return routes;
    }

    /** What listens. */
    public HttpServer http() {
        return http;
    }

    /**
     * Refuses new requests from now on, and waits until those that run have ended.
     *
     * @param limit the longest wait
     * @return whether all of them ended
     */
    public boolean drain(Duration limit) throws InterruptedException {
        desk.health().drain();
        logger.log(
                Level.INFO, "stopping: waiting up to " + limit.toSeconds() + " s for " + http.active() + " requests");
        return http.awaitIdle(limit);
    }

    /** How long it waits when it is told to stop. */
    public Duration drainLimit() {
        return config.drain();
    }

    /** Waits a moment for the last words of what was broken off, then ends everything. */
    @Override
    public void close() {
        desk.health().drain();
        try {
            http.awaitIdle(LAST_WORDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        clock.shutdownNow();
        http.close();
        if (ledger != null) {
            ledger.close();
        }
    }
}
