package dev.hadal.server.http;

/** The server cannot listen as it was told to. */
public final class ListenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ListenException(String message, Throwable cause) {
        super(message, cause);
    }

    static ListenException of(HttpOptions options, Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String where = options.host() + ":" + options.port();
        String remedy = root instanceof java.net.BindException
                ? "; another program listens there, or the address is not one of this machine: choose another --port or --host"
                : "";
        return new ListenException("cannot listen on " + where + ": " + root.getMessage() + remedy, cause);
    }
}
