package dev.hadal;

import dev.hadal.model.LanguageModel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A model's digest in the form that the API shows: 32 hexadecimal digits. */
final class Fingerprint {
    private static final int BYTES = 16;

    private Fingerprint() {}

    static String of(LanguageModel model) {
        byte[] text = model.fingerprint().getBytes(StandardCharsets.UTF_8);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text);
            return HexFormat.of().formatHex(digest, 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
