package dev.hadal.server.http;

import dev.hadal.server.auth.Right;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** What is checked of every request, before and after its route is known. */
final class RequestChecks {
    /** Stands for the route of a request that has none. */
    static final Routes.Match NO_ROUTE = new Routes.Match(
            new Route("GET", "", Right.INFERENCE, Dialect.OPENAI, exchange -> {
                throw HttpException.of(404, "there is nothing here");
            }),
            Map.of());

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");

    private final HttpOptions options;
    private final HostPolicy hosts;

    RequestChecks(HttpOptions options) {
        this.options = options;
        this.hosts = HostPolicy.of(options.host(), options.names());
    }

    static boolean isKnown(String method) {
        return METHODS.contains(method);
    }

    /** Sizes of the request line and the headers. */
    void head(Request request) {
        Limits.Head head = options.limits().head();
        String target = String.valueOf(request.getHttpURI());
        // Method, target, version, two spaces.
        if (request.getMethod().length() + target.length() + 10 > head.lineBytes()) {
            throw HttpException.of(414, "the request line is longer than " + head.lineBytes() + " bytes")
                    .closing();
        }
        int total = 0;
        for (HttpField field : request.getHeaders()) {
            // Colon, space, line end.
            int bytes =
                    field.getName().length() + String.valueOf(field.getValue()).length() + 4;
            if (bytes > head.fieldBytes()) {
                throw HttpException.of(431, "a header is longer than " + head.fieldBytes() + " bytes")
                        .closing();
            }
            total += bytes;
        }
        if (total > head.totalBytes() || request.getHeaders().size() > head.fields()) {
            throw HttpException.of(
                            431,
                            "there are more than " + head.fields() + " headers, or more than " + head.totalBytes()
                                    + " bytes of them")
                    .closing();
        }
    }

    /** No path that others might read as another one: nothing is normalised here. */
    void path(Request request) {
        String path = String.valueOf(request.getHttpURI().getPath());
        boolean plain = path.startsWith("/") && path.indexOf(';') < 0 && path.indexOf("//") < 0;
        for (int start = 0; plain && start >= 0; start = path.indexOf('/', start + 1)) {
            plain = !path.startsWith("/./", start)
                    && !path.startsWith("/../", start)
                    && !path.substring(start).equals("/.")
                    && !path.substring(start).equals("/..");
        }
        if (!plain && !path.equals("*")) {
            throw HttpException.badRequest("the path is not in its plain form").closing();
        }
    }

    /** The name under which the server was called. */
    void host(Request request) {
        List<String> hosts = request.getHeaders().getValuesList(HttpHeader.HOST);
        if (hosts.size() != 1) {
            throw HttpException.badRequest("a request needs one Host header").closing();
        }
        if (!this.hosts.accepts(hosts.getFirst())) {
            throw HttpException.of(
                            421,
                            "this server does not answer to the name in the Host header; start it with --allowed-host"
                                    + " to add one")
                    .closing();
        }
        if (request.getMethod().equals("TRACE") || request.getMethod().equals("CONNECT")) {
            throw HttpException.of(405, "this method is not served").closing();
        }
    }

    /** Tells a browser that a page may call, if its origin is listed; whether it asked for leave and got it. */
    boolean origin(Request request, Reply reply) {
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        if (!options.origins().isEmpty()) {
            reply.header("Vary", "Origin");
        }
        if (origin == null || !options.origins().contains(origin)) {
            return false;
        }
        reply.header("Access-Control-Allow-Origin", origin);
        reply.header("Access-Control-Expose-Headers", "x-request-id, request-id, retry-after");
        if (request.getMethod().equals("OPTIONS")
                && request.getHeaders().get("Access-Control-Request-Method") != null) {
            reply.header("Access-Control-Allow-Methods", "GET, POST");
            reply.header(
                    "Access-Control-Allow-Headers",
                    "authorization, content-type, x-api-key, anthropic-version, anthropic-beta");
            reply.header("Access-Control-Max-Age", "600");
        }
        return true;
    }

    /** Kind and announced size of the body. */
    void content(Request request, Exchange exchange) {
        if (!request.getMethod().equals("POST")) {
            return;
        }
        String coding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
        if (coding != null && !coding.equalsIgnoreCase("identity")) {
            throw HttpException.of(415, "compressed bodies are not accepted; send it as it is")
                    .closing();
        }
        refuseOtherThanJson(request.getHeaders().get(HttpHeader.CONTENT_TYPE));
        long limit = options.limits().body().maxBytes();
        if (exchange.announcedLength() > limit) {
            throw BodyReader.tooLarge(limit);
        }
    }

    private static void refuseOtherThanJson(@Nullable String type) {
        String[] parts = (type == null ? "" : type).toLowerCase(Locale.ROOT).split(";", -1);
        if (!parts[0].strip().equals(Exchange.JSON)) {
            throw HttpException.of(415, "the Content-Type must be application/json")
                    .closing();
        }
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().replace("\"", "");
            if (parameter.startsWith("charset=")
                    && !parameter.equals("charset=utf-8")
                    && !parameter.equals("charset=utf8")) {
                throw HttpException.of(415, "the charset must be utf-8").closing();
            }
        }
    }
}
