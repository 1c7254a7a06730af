package dev.hadal.server.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A key as the server knows it: by its digest, from which it cannot be found.
 *
 * @param principal whose key it is
 * @param digest SHA-256 of the key, 64 hexadecimal digits
 * @param limits how much it may be used
 */
public record ApiKey(Principal principal, String digest, KeyLimits limits) {
    private static final int SECRET_BYTES = 32;
    private static final int DIGEST_DIGITS = 64;

    /** Checks the digest. */
    public ApiKey {
        if (digest.length() != DIGEST_DIGITS || !digest.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException("a digest has 64 hexadecimal digits");
        }
    }

    /** A new key, which nobody can guess. It is shown once and kept nowhere. */
    public static String newSecret() {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return "sk-hadal-" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    /** The digest of a key. */
    public static String digestOf(String secret) {
        return HexFormat.of().formatHex(sha256(secret));
    }

    static byte[] sha256(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    byte[] digestBytes() {
        return HexFormat.of().parseHex(digest);
    }
}
