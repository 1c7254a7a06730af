package dev.hadal.server;

import dev.hadal.server.auth.ApiKey;
import dev.hadal.server.auth.ApiKeys;
import dev.hadal.server.auth.Principal;
import dev.hadal.server.auth.QuotaException;
import dev.hadal.server.auth.Quotas;
import dev.hadal.server.auth.Right;
import dev.hadal.server.http.Exchange;
import dev.hadal.server.http.Gate;
import dev.hadal.server.http.HttpException;
import dev.hadal.server.ops.Accounts;
import dev.hadal.server.ops.Health;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what: the key, its rights, its budget, its rates, in this order, with the words of the hosted service
 * (api.md 9).
 */
final class KeyGate implements Gate {
    private static final String BEARER = "bearer ";
    private static final int SHOWN = 4;

    private final @Nullable ApiKeys keys;
    private final Quotas quotas;
    private final Accounts accounts;
    private final Health health;

    /**
     * @param keys the keys; null if everybody may do everything
     */
    KeyGate(@Nullable ApiKeys keys, Quotas quotas, Accounts accounts, Health health) {
        this.keys = keys;
        this.quotas = quotas;
        this.accounts = accounts;
        this.health = health;
    }

    @Override
    public Caller recognise(Exchange exchange) {
        Right right = exchange.route().right();
        if (right == null) {
            return new Caller(Principal.anonymous(), () -> {});
        }
        ApiKey key = keys == null ? null : require(keys, presented(exchange));
        Principal principal = key == null ? Principal.anonymous() : key.principal();
        return new Caller(principal, () -> admit(exchange, right, principal, key));
    }

    private void admit(Exchange exchange, Right right, Principal principal, @Nullable ApiKey key) {
        if (!principal.may(right)) {
            throw HttpException.of(
                    403, "this key has no right to " + right.name().toLowerCase(Locale.ROOT));
        }
        if (right == Right.INFERENCE && exchange.method().equals("POST")) {
            requireRunning();
            if (!accounts.balance(principal).available()) {
                throw HttpException.of(402, "Insufficient Balance");
            }
            if (key != null) {
                enter(exchange, key);
            }
        }
    }

    private void requireRunning() {
        if (health.draining()) {
            throw HttpException.of(503, "the server is shutting down").retryAfter(Duration.ofSeconds(5));
        }
        if (!health.ready()) {
            throw HttpException.of(503, "the server is not ready: " + health.problem())
                    .retryAfter(Duration.ofSeconds(2));
        }
    }

    private void enter(Exchange exchange, ApiKey key) {
        try {
            quotas.enter(key);
        } catch (QuotaException e) {
            throw HttpException.of(429, e.getMessage()).retryAfter(e.retryAfter());
        }
        exchange.onEnd(() -> quotas.leave(key));
    }

    /** What was presented as the key. Two different ones are none. */
    private static @Nullable String presented(Exchange exchange) {
        String header = exchange.header("x-api-key");
        String authorization = exchange.header("Authorization");
        String bearer = authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? authorization.substring(BEARER.length()).strip()
                : null;
        if (header == null || header.isBlank()) {
            return bearer;
        }
        return bearer == null || bearer.equals(header.strip()) ? header.strip() : "";
    }

    private static ApiKey require(ApiKeys keys, @Nullable String secret) {
        // The digest is taken of nothing as well, so that a missing key takes as long as a wrong one.
        ApiKey key = keys.find(secret == null ? "" : secret);
        if (key != null) {
            return key;
        }
        if (secret == null) {
            throw HttpException.of(
                    401, "Authentication Fails, send your api key as Authorization: Bearer <key> or x-api-key: <key>");
        }
        throw HttpException.of(401, "Authentication Fails, Your api key: " + masked(secret) + " is invalid");
    }

    private static String masked(String secret) {
        int from = Math.max(0, secret.length() - SHOWN);
        // Little is shown of a key that has little.
        return "****" + (secret.length() < 2 * SHOWN ? "" : printable(secret.substring(from)));
    }

    private static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        text.chars().forEach(c -> printable.append(c > ' ' && c < 127 ? (char) c : '?'));
        return printable.toString();
    }
}
