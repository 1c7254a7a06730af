package dev.hadal.server.api;

import java.security.SecureRandom;
import java.util.function.IntFunction;

/**
 * Ids of tool calls in the form of the hosted service: {@code call_}, two digits for the place in the message, {@code _}
 * and 24 letters and digits that nobody can guess. Clients change them (one drops the underscores), so they are
 * compared by letters and digits only.
 */
public final class ToolCallIds implements IntFunction<String> {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int LENGTH = 24;

    private final SecureRandom random = new SecureRandom();

    /** A source of ids. */
    public ToolCallIds() {}

    @Override
    public String apply(int index) {
        return "call_%02d_%s".formatted(index, text(LENGTH));
    }

    /** So many letters and digits that nobody can guess. */
    public String text(int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }

    /** A number that nobody can guess, for a request that brings no seed. */
    public long seed() {
        return random.nextLong();
    }
}
