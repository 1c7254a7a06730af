package dev.hadal.server.http;

import dev.hadal.server.auth.Principal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** One request and its response. Of one thread, but for {@link #onDisconnect} hooks, which run on others. */
public final class Exchange {
    /** The content type of JSON. */
    public static final String JSON = "application/json";

    private final Request request;
    private final Reply reply;
    private final Routes.Match match;
    private final Settings settings;
    private final Map<String, Object> notes = new LinkedHashMap<>();
    private final List<Runnable> endHooks = new ArrayList<>();
    private Reply.Copy copyAsked = Reply.Copy.NONE;
    private @Nullable Principal principal;
    private @Nullable Fields query;
    private @Nullable BodyReader body;
    private BodyBudget.@Nullable Hold bodyHold;

    /**
     * What an exchange needs from the server.
     *
     * @param limits the limits
     * @param bodies the memory of bodies
     * @param clock what heartbeats are scheduled on
     * @param requestId the id of the request
     */
    record Settings(Limits limits, BodyBudget bodies, ScheduledExecutorService clock, String requestId) {}

    Exchange(Request request, Reply reply, Routes.Match match, Settings settings) {
        this.request = request;
        this.reply = reply;
        this.match = match;
        this.settings = settings;
    }

    /** GET, HEAD or POST. */
    public String method() {
        return request.getMethod();
    }

    /** The path, decoded. */
    public String path() {
        return String.valueOf(request.getHttpURI().getDecodedPath());
    }

    /** The route that was taken. */
    public Route route() {
        return match.route();
    }

    /** The value of a segment that the route has in braces. */
    public String pathParameter(String name) {
        String value = match.parameters().get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route " + route().path() + " has no {" + name + "}");
        }
        return value;
    }

    /** A parameter of the query; null if it is not there. */
    public @Nullable String query(String name) {
        Fields parsed = query;
        if (parsed == null) {
            parsed = Request.extractQueryParameters(request);
            query = parsed;
        }
        return parsed.getValue(name);
    }

    /** A header of the request; null if it is not there. */
    public @Nullable String header(String name) {
        return request.getHeaders().get(name);
    }

    /** Who asks. */
    public Principal principal() {
        Principal known = principal;
        if (known == null) {
            throw new IllegalStateException("it is not known yet who asks");
        }
        return known;
    }

    /** The name of who asks; empty as long as that is not known. */
    String callerName() {
        return principal == null ? "" : principal.name();
    }

    void principal(Principal known) {
        principal = known;
    }

    /** The id that the response, the log and the usage record carry. */
    public String requestId() {
        return settings.requestId();
    }

    /** The address that the request came from. */
    public String remoteAddress() {
        return String.valueOf(Request.getRemoteAddr(request));
    }

    /** The limits in force. */
    public Limits limits() {
        return settings.limits();
    }

    /**
     * The body as it comes. Reading throws {@link HttpException} when it turns out too large, too slow or badly framed.
     *
     * @throws HttpException if there is no memory for what is announced; nothing of it has been read then
     */
    public InputStream body() {
        BodyReader reader = body;
        if (reader == null) {
            Limits limits = settings.limits();
            BodyBudget.Hold hold = settings.bodies().hold(principal().tenant());
            onEnd(hold::release);
            bodyHold = hold;
            hold.cover(Math.max(0, announcedLength()));
            reader = new BodyReader(request, limits.body(), limits.timing(), hold, this::watch);
            reader.copy(copyAsked);
            body = reader;
        }
        return reader;
    }

    /** The whole body. A large one waits until there is memory to work on it, which {@link #letGoOfBody} gives to others. */
    public byte[] bodyBytes() throws IOException {
        byte[] whole = body().readAllBytes();
        if (bodyHold != null) {
            try {
                bodyHold.awaitTurn();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
        return whole;
    }

    /** Says that nothing is kept of the body any more: others may take its memory. Otherwise the end says so. */
    public void letGoOfBody() {
        if (bodyHold != null) {
            bodyHold.release();
        }
    }

    /** Sets a header of the response. */
    public void header(String name, String value) {
        reply.header(name, value);
    }

    /** Adds something to the log line and the metrics of this request, as the model or the number of tokens. */
    public void note(String name, Object value) {
        notes.put(name, value);
    }

    Map<String, Object> notes() {
        return notes;
    }

    /** Adds the beginnings of what is asked and of what is answered to the log line of this request. */
    public void noteBodies(int mostBytes) {
        ByteArrayOutputStream asked = new ByteArrayOutputStream();
        ByteArrayOutputStream answered = new ByteArrayOutputStream();
        copyAsked = keeping(asked, mostBytes);
        reply.copy(keeping(answered, mostBytes));
        onEnd(() -> {
            note("asked", asked.toString(StandardCharsets.UTF_8));
            note("answered", answered.toString(StandardCharsets.UTF_8));
        });
    }

    private static Reply.Copy keeping(ByteArrayOutputStream kept, int mostBytes) {
        return (bytes, offset, length) ->
                kept.write(bytes, offset, Math.min(length, Math.max(0, mostBytes - kept.size())));
    }

    /** Sends a whole response. */
    public void respond(int status, String contentType, byte[] content) {
        reply.send(status, contentType, content);
    }

    /** Sends a refusal in the shape of the route's dialect. */
    public void refuse(HttpException refusal) {
        if (refusal.retryAfter() != null) {
            reply.header("Retry-After", retryAfter(refusal));
        }
        if (refusal.closes()) {
            reply.closeAfter();
        }
        reply.send(refusal.status(), JSON, ErrorBody.bytes(refusal, route().dialect(), requestId()));
    }

    /** Whole seconds, rounded up, at least one. */
    static String retryAfter(HttpException refusal) {
        java.time.Duration wait = refusal.retryAfter();
        return String.valueOf(wait == null ? 1 : Math.max(1, (wait.toMillis() + 999) / 1000));
    }

    /**
     * Begins a response of events: the status line goes out now. Anthropic's clients are kept alive with their own kind
     * of event, others with comments.
     */
    public SseStream events() {
        watch();
        SseStream events = new SseStream(this, reply);
        if (route().dialect() == Dialect.ANTHROPIC) {
            events.keepAliveWith("ping", "{\"type\": \"ping\"}");
        }
        return events;
    }

    /** Begins a response whose body takes a while: nothing goes out for the first second. */
    public PendingReply pending() {
        watch();
        return new PendingReply(this, reply);
    }

    /** Whether the response has begun, so that no refusal can be sent any more. */
    public boolean begun() {
        return reply.begun();
    }

    /** Runs something when the client leaves before the response is complete; at once if it has left already. */
    public void onDisconnect(Runnable hook) {
        reply.onGone(hook);
    }

    /** Runs something when the exchange is over, however it ended. */
    public void onEnd(Runnable hook) {
        endHooks.add(hook);
    }

    void ended() {
        endHooks.forEach(Runnable::run);
        endHooks.clear();
    }

    Heartbeat heartbeat(Runnable beat) {
        return Heartbeat.start(settings.clock(), reply, limits().timing().keepAlive(), beat);
    }

    Reply reply() {
        return reply;
    }

    /** Waits for the client to leave, which its system tells at once in most cases. */
    private void watch() {
        if (request.getConnectionMetaData().getConnection().getEndPoint() instanceof WatchedEndPoint endPoint) {
            endPoint.watch(reply::leave);
        }
    }

    /** The length that the request announces; -1 if it does not. */
    long announcedLength() {
        return request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
    }
}
