package dev.hadal.server.http;

import dev.hadal.server.auth.Right;
import org.jspecify.annotations.Nullable;

/**
 * One way to call the server. What no route names does not exist.
 *
 * @param method GET (answers HEAD too) or POST
 * @param path the path; a segment in braces, as {@code {id}}, stands for any one segment
 * @param right what the caller needs; null: nothing, not even a key
 * @param dialect the shape of errors
 * @param handler what answers
 */
public record Route(String method, String path, @Nullable Right right, Dialect dialect, Handler handler) {
    /** Checks the method. */
    public Route {
        if (!method.equals("GET") && !method.equals("POST")) {
            throw new IllegalArgumentException("a route is for GET or POST, not for " + method);
        }
    }

    /** A GET for callers with a right. */
    public static Route get(String path, Right right, Dialect dialect, Handler handler) {
        return new Route("GET", path, right, dialect, handler);
    }

    /** A POST with a JSON body for callers with a right. */
    public static Route post(String path, Right right, Dialect dialect, Handler handler) {
        return new Route("POST", path, right, dialect, handler);
    }

    /** A GET for everybody. */
    public static Route open(String path, Handler handler) {
        return new Route("GET", path, null, Dialect.OPENAI, handler);
    }
}
