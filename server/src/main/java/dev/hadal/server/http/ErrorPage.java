package dev.hadal.server.http;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** The answer to what never became a request: a few words, nothing of the inside, and the end of the connection. */
final class ErrorPage implements Request.Handler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus() < 400 ? 400 : response.getStatus();
        response.setStatus(status);
        String id = UUID.randomUUID().toString();
        byte[] body = ErrorBody.bytes(HttpException.of(status, message(status)), Dialect.OPENAI, id);
        Dispatcher.strict(response, id);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Exchange.JSON);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
    }

    private static String message(int status) {
        return switch (status) {
            case 413 -> "the body is too large";
            case 414 -> "the request line is too long";
            case 417 -> "only Expect: 100-continue is understood";
            case 431 -> "the headers are too large";
            case 501 -> "this transfer coding or method is not supported";
            case 505 -> "only HTTP/1.0 and HTTP/1.1 are spoken";
            default -> status >= 500 ? "the server failed" : "the request is not framed as HTTP requires";
        };
    }
}
