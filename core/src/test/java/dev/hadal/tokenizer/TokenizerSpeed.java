package dev.hadal.tokenizer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Measures a tokenizer by hand: {@code TokenizerSpeed tokenizer.json text.txt}. Not a test. */
final class TokenizerSpeed {
    private static final int ROUNDS = 12;

    private TokenizerSpeed() {}

    /** Prints the time to load the file and the best of some rounds over the text. */
    public static void main(String[] arguments) throws IOException {
        String text = Files.readString(Path.of(arguments[1]));
        long begin = System.nanoTime();
        Tokenizer tokenizer = Tokenizer.load(Path.of(arguments[0]));
        System.out.printf("load %.0f ms%n", (System.nanoTime() - begin) / 1e6);
        double megabytes = text.getBytes(StandardCharsets.UTF_8).length / 1e6;
        for (Tokenizer.Mode mode : Tokenizer.Mode.values()) {
            double best = Double.MAX_VALUE;
            int tokens = 0;
            for (int round = 0; round < ROUNDS; round++) {
                begin = System.nanoTime();
                tokens = tokenizer.encode(text, mode).length;
                best = Math.min(best, (System.nanoTime() - begin) / 1e9);
            }
            System.out.printf("%s %.1f MB, %d tokens, %.1f MB/s%n", mode, megabytes, tokens, megabytes / best);
        }
    }
}
