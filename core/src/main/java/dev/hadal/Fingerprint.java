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
        return HexFormat.of().formatHex(sha256().digest(text), 0, BYTES);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
