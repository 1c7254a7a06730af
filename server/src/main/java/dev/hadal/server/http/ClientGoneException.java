package dev.hadal.server.http;

/** The client has left, or does not take what it is sent; nobody is there to be told. */
public final class ClientGoneException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ClientGoneException(Throwable cause) {
        super("the client is gone: " + cause.getMessage(), cause);
    }
}
