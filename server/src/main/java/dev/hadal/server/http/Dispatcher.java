package dev.hadal.server.http;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Takes a request whose headers are complete through the checks, to its route, and to the end of its response. */
final class Dispatcher extends Handler.Abstract {
    /** As web servers log a client that left before the answer. */
    private static final int CLIENT_LEFT = 499;

    private final System.Logger logger = System.getLogger(Dispatcher.class.getName());
    private final HttpOptions options;
    private final RequestChecks checks;
    private final Routes routes;
    private final Gate gate;
    private final RequestLog log;
    private final ScheduledExecutorService clock;
    private final BodyBudget bodies;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private int active;

    Dispatcher(HttpOptions options, Routes routes, Gate gate, RequestLog log, ScheduledExecutorService clock) {
        super(InvocationType.NON_BLOCKING);
        this.options = options;
        this.checks = new RequestChecks(options);
        this.routes = routes;
        this.gate = gate;
        this.log = log;
        this.clock = clock;
        this.bodies = new BodyBudget(options.limits().body());
    }

    /** The memory of bodies. */
    BodyBudget bodies() {
        return bodies;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        WatchedEndPoint endPoint =
                request.getConnectionMetaData().getConnection().getEndPoint() instanceof WatchedEndPoint watched
                        ? watched
                        : null;
        if (endPoint != null) {
            endPoint.requestBegan();
        }
        // A client that waits in silence is not idle: heartbeats and the stall limit watch over it.
        request.addIdleTimeoutListener(timeout -> false);
        enter();
        Callback complete = Callback.from(() -> leave(endPoint), callback);
        Reply reply =
                new Reply(request, response, complete, options.limits().timing().writeStall());
        // A body that is badly framed is for whoever reads it; its client is still there.
        request.addFailureListener(cause -> {
            if (!(cause instanceof org.eclipse.jetty.http.HttpException)) {
                reply.disconnect(cause);
            }
        });
        Thread.ofVirtual().name("request").start(() -> serve(request, response, reply));
        return true;
    }

    private void enter() {
        lock.lock();
        try {
            active++;
        } finally {
            lock.unlock();
        }
    }

    private void leave(@Nullable WatchedEndPoint endPoint) {
        if (endPoint != null) {
            endPoint.requestEnded();
        }
        lock.lock();
        try {
            active--;
            idle.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int active() {
        lock.lock();
        try {
            return active;
        } finally {
            lock.unlock();
        }
    }

    boolean awaitIdle(Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (active > 0 && left > 0) {
                left = idle.awaitNanos(left);
            }
            return active == 0;
        } finally {
            lock.unlock();
        }
    }

    private void serve(Request request, Response response, Reply reply) {
        long began = System.nanoTime();
        String id = UUID.randomUUID().toString();
        strict(response, id);
        Exchange exchange = new Exchange(
                request, reply, RequestChecks.NO_ROUTE, new Exchange.Settings(options.limits(), bodies, clock, id));
        try {
            exchange = route(request, reply, exchange);
        } catch (HttpException refusal) {
            refuse(exchange, refusal);
        } catch (ClientGoneException _) {
            // Nobody is left to be told.
        } catch (RuntimeException | Error e) {
            logger.log(Level.ERROR, "request " + id + " broke off", e);
            reply.disconnect(e);
        } finally {
            exchange.ended();
            log.ended(entry(request, exchange, began));
        }
    }

    /** The exchange with the route that was taken. */
    private Exchange route(Request request, Reply reply, Exchange unrouted) {
        checks.head(request);
        checks.host(request);
        checks.path(request);
        boolean preflight = checks.origin(request, reply);
        String path = unrouted.path();
        String method = request.getMethod();
        if (method.equals("OPTIONS") && !routes.allowed(path).isEmpty()) {
            reply.header("Allow", routes.allowed(path));
            reply.send(preflight || request.getHeaders().get(HttpHeader.ORIGIN) == null ? 204 : 403, "", new byte[0]);
            return unrouted;
        }
        Routes.Match match = routes.find(method, path);
        if (match == null) {
            notFound(reply, method, path);
            return unrouted;
        }
        Exchange exchange = new Exchange(
                request, reply, match, new Exchange.Settings(options.limits(), bodies, clock, unrouted.requestId()));
        try {
            answer(exchange, request);
        } catch (HttpException refusal) {
            refuse(exchange, refusal);
        } catch (ClientGoneException _) {
            // Nobody is left to be told.
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            failed(exchange, e);
        } catch (Error e) {
            // Whoever logs this knows nothing of the exchange: what it holds is given back here.
            exchange.ended();
            throw e;
        }
        return exchange;
    }

    private void answer(Exchange exchange, Request request) throws Exception {
        Gate.Caller caller = gate.recognise(exchange);
        exchange.principal(caller.principal());
        caller.admission().run();
        checks.content(request, exchange);
        exchange.route().handler().handle(exchange);
        if (exchange.reply().ended()) {
            return;
        }
        Throwable left = exchange.reply().left();
        if (left != null) {
            exchange.reply().disconnect(left);
        } else {
            throw new IllegalStateException("the handler of " + exchange.route().path() + " left without an answer");
        }
    }

    private void notFound(Reply reply, String method, String path) {
        String allowed = routes.allowed(path);
        if (allowed.isEmpty()) {
            // As the hosted service: an unknown path has no body (api.md 9.1).
            reply.send(RequestChecks.isKnown(method) ? 404 : 501, "", new byte[0]);
        } else {
            reply.header("Allow", allowed);
            throw HttpException.of(405, "this path is for " + allowed + ", not for this method");
        }
    }

    private void refuse(Exchange exchange, HttpException refusal) {
        if (exchange.reply().ended()) {
            return;
        }
        if (exchange.begun()) {
            exchange.reply().disconnect(new IOException("refused after the response had begun", refusal));
            return;
        }
        try {
            exchange.refuse(refusal);
        } catch (ClientGoneException _) {
            // Nobody is left to be told.
        }
    }

    private void failed(Exchange exchange, Throwable cause) {
        logger.log(Level.ERROR, "request " + exchange.requestId() + " failed", cause);
        HttpException refusal =
                HttpException.of(500, "the server failed; its log tells more about request " + exchange.requestId());
        refuse(exchange, refusal);
    }

    private RequestLog.Entry entry(Request request, Exchange exchange, long began) {
        Reply reply = exchange.reply();
        boolean left = reply.left() != null;
        RequestLog.Asked asked = new RequestLog.Asked(
                request.getMethod(),
                String.valueOf(request.getHttpURI().getPath()),
                exchange.route().path(),
                exchange.callerName(),
                exchange.remoteAddress(),
                TraceParent.valid(request.getHeaders().get("traceparent")));
        return new RequestLog.Entry(
                exchange.requestId(),
                asked,
                left && !reply.begun() ? CLIENT_LEFT : reply.status(),
                reply.bytes(),
                Duration.ofNanos(System.nanoTime() - began),
                exchange.notes());
    }

    /** Headers of every response: its id under the names that clients look for, and nothing for a browser to do. */
    static void strict(Response response, String requestId) {
        response.getHeaders().put("x-request-id", requestId);
        response.getHeaders().put("request-id", requestId);
        response.getHeaders().put("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.getHeaders().put("Referrer-Policy", "no-referrer");
        response.getHeaders().put("Cache-Control", "no-store");
    }
}
