package dev.hadal.server.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * Certificate and key for TLS 1.2 and 1.3, read from PEM files when it is made.
 *
 * @param keys holds both
 */
public record Tls(KeyStore keys) {
    private static final long MAX_BYTES = 1 << 20;
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";

    /**
     * Reads the files.
     *
     * @param certificate the chain, the server's own certificate first
     * @param key its private key, PKCS#8, without a password
     * @throws TlsException saying which file is wrong and what to do
     */
    public static Tls of(Path certificate, Path key) {
        List<Certificate> chain = chain(certificate);
        PublicKey publicKey = chain.getFirst().getPublicKey();
        PrivateKey privateKey = privateKey(key, publicKey.getAlgorithm());
        requirePair(certificate, key, publicKey, privateKey);
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry("hadal", privateKey, new char[0], chain.toArray(Certificate[]::new));
            return new Tls(keys);
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsException(certificate + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static List<Certificate> chain(Path file) {
        try {
            Collection<? extends Certificate> all = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(read(file, "--tls-cert")));
            if (all.isEmpty()) {
                throw new TlsException(file + " has no certificate; --tls-cert needs a PEM file of one or more", null);
            }
            return List.copyOf(all);
        } catch (GeneralSecurityException e) {
            throw new TlsException(
                    file + " is not a PEM file of certificates: " + e.getMessage() + "; check --tls-cert", e);
        }
    }

    private static PrivateKey privateKey(Path file, String algorithm) {
        String pem = new String(read(file, "--tls-key"), java.nio.charset.StandardCharsets.US_ASCII);
        int begin = pem.indexOf(BEGIN);
        int end = pem.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new TlsException(
                    file + " has no \"" + BEGIN + "\"; --tls-key needs an unencrypted PKCS#8 key"
                            + " (openssl pkcs8 -topk8 -nodes makes one of other kinds)",
                    null);
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(pem.substring(begin + BEGIN.length(), end));
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new TlsException(
                    file + " is not a " + algorithm + " key: " + e.getMessage() + "; check --tls-key", e);
        }
    }

    private static void requirePair(Path certificate, Path file, PublicKey publicKey, PrivateKey privateKey) {
        boolean pair;
        try {
            String kind = publicKey.getAlgorithm();
            Signature signature = Signature.getInstance(
                    kind.equals("RSA") ? "SHA256withRSA" : kind.equals("EC") ? "SHA256withECDSA" : kind);
            byte[] probe = {1, 2, 3};
            signature.initSign(privateKey);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(probe);
            pair = signature.verify(signed);
        } catch (GeneralSecurityException e) {
            throw new TlsException(file + " cannot sign: " + e.getMessage() + "; check --tls-key", e);
        }
        if (!pair) {
            throw new TlsException(file + " is not the key of the first certificate in " + certificate, null);
        }
    }

    private static byte[] read(Path file, String flag) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new TlsException(file + " is larger than 1 MiB, too large for " + flag, null);
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new TlsException(file + " cannot be read; check " + flag, e);
        }
    }

    SslConnectionFactory connectionFactory(String next) {
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setKeyStore(keys);
        context.setKeyStorePassword("");
        context.setKeyManagerPassword("");
        context.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        context.setRenegotiationAllowed(false);
        context.setSniRequired(false);
        SslConnectionFactory factory = new SslConnectionFactory(context, next);
        // It would compare the Host header with the certificate, and refuse clients that connect by address; which
        // names
        // are ours is the host policy's to say.
        factory.setEnsureSecureRequestCustomizer(false);
        return factory;
    }
}
