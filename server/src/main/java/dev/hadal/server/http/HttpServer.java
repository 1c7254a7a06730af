package dev.hadal.server.http;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Listens, and has requests answered by the handlers of its routes. HTTP/1.1 only, read strictly. */
public final class HttpServer implements AutoCloseable {
    private static final int THREADS = 16;
    private static final int BACKLOG = 1024;
    private static final int BUFFER_BYTES = 8 << 10;

    private final Server server;
    private final ServerConnector connector;
    private final Dispatcher dispatcher;
    private final OpenConnections connections;
    private final ScheduledExecutorService clock;
    private final HttpOptions options;

    private HttpServer(HttpOptions options, Dispatcher dispatcher, ScheduledExecutorService clock) {
        this.options = options;
        this.dispatcher = dispatcher;
        this.clock = clock;
        this.connections = new OpenConnections(options.limits());
        // Requests run on virtual threads; these only see to sockets.
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 4);
        threads.setName("hadal-http");
        threads.setDaemon(true);
        this.server = new Server(threads);
        this.connector = new ServerConnector(server, null, null, null, 1, 1, factories());
        connector.setHost(options.host());
        connector.setPort(options.port());
        connector.setAcceptQueueSize(BACKLOG);
        connector.setIdleTimeout(options.limits().timing().idle().toMillis());
        server.addConnector(connector);
        server.setHandler(dispatcher);
        server.setErrorHandler(new ErrorPage());
        server.setStopAtShutdown(false);
    }

    private ConnectionFactory[] factories() {
        HttpConnectionFactory http = new HttpConnectionFactory(configuration()) {
            @Override
            public Connection newConnection(Connector connector, EndPoint endPoint) {
                Connection connection = super.newConnection(connector, new WatchedEndPoint(endPoint));
                connection.addEventListener(connections);
                return connection;
            }
        };
        Tls tls = options.tls();
        return tls == null
                ? new ConnectionFactory[] {http}
                : new ConnectionFactory[] {tls.connectionFactory(http.getProtocol()), http};
    }

    private HttpConfiguration configuration() {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendDateHeader(true);
        // The dispatcher looks at the parts; this bounds what is kept of a request before it does.
        Limits.Head head = options.limits().head();
        configuration.setRequestHeaderSize(head.lineBytes() + head.totalBytes());
        configuration.setInputBufferSize(BUFFER_BYTES);
        configuration.setOutputBufferSize(BUFFER_BYTES);
        configuration.setOutputAggregationSize(BUFFER_BYTES / 4);
        configuration.setHttpCompliance(HttpCompliance.STRICT);
        configuration.setUriCompliance(UriCompliance.RFC3986);
        configuration.setNotifyForbiddenComplianceViolations(false);
        configuration.setFormEncodedMethods();
        return configuration;
    }

    /**
     * Starts to listen.
     *
     * @param routes everything that can be called
     * @param gate who may call
     * @param log hears of every request
     * @throws ListenException if the address is not to be had
     */
    public static HttpServer start(HttpOptions options, List<Route> routes, Gate gate, RequestLog log) {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("hadal-http-clock").factory());
        clock.setRemoveOnCancelPolicy(true);
        HttpServer http = new HttpServer(options, new Dispatcher(options, new Routes(routes), gate, log, clock), clock);
        try {
            http.server.start();
        } catch (Exception e) {
            http.close();
            throw ListenException.of(options, e);
        }
        http.connections.watchHeaders(clock);
        return http;
    }

    /** The port it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** The address to call, without a slash at the end. */
    public URI uri() {
        String host = options.host().equals("0.0.0.0") || options.host().equals("::") ? "127.0.0.1" : options.host();
        String shown = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
        return URI.create((options.tls() == null ? "http://" : "https://") + shown + ":" + port());
    }

    /** Requests that are being answered. */
    public int active() {
        return dispatcher.active();
    }

    /** Open connections. */
    public int connections() {
        return connections.count();
    }

    /** Connections that were closed at once because there were too many. */
    public long refusedConnections() {
        return connections.refused();
    }

    /** Bytes of the bodies of requests in flight, as far as they are held or announced. */
    public long bodyBytes() {
        return dispatcher.bodies().heldBytes();
    }

    /** Most that {@link #bodyBytes} ever is. */
    public long bodyLimitBytes() {
        return dispatcher.bodies().limitBytes();
    }

    /** Bodies that were refused because there was no memory for them. */
    public long refusedBodies() {
        return dispatcher.bodies().refused();
    }

    /** Connections that were closed because their headers took too long. */
    public long lateConnections() {
        return connections.late();
    }

    /**
     * Waits until no request is being answered.
     *
     * @return whether that happened in time
     */
    public boolean awaitIdle(Duration limit) throws InterruptedException {
        return dispatcher.awaitIdle(limit);
    }

    /** Takes no more connections, and closes those that no request is running on. */
    public void stopListening() {
        try {
            if (connector.getTransport() instanceof java.nio.channels.ServerSocketChannel channel) {
                channel.close();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        connections.closeIdle();
    }

    /** Breaks off what is running, closes all connections and ends the threads. */
    @Override
    public void close() {
        clock.shutdownNow();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP server did not stop: " + e.getMessage(), e);
        }
    }
}
