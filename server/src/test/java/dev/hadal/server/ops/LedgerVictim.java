package dev.hadal.server.ops;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** A process that records usage until it is killed, and says after each group how much is on the disk. */
final class LedgerVictim {
    private static final int MOST = 200_000;

    private LedgerVictim() {}

    public static void main(String[] args) throws InterruptedException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII);
        try (Ledger ledger = Ledger.open(Path.of(args[0]))) {
            for (int i = 1; i <= MOST; i++) {
                ledger.record(LedgerTest.victimsUsage(i), Instant.EPOCH, 1);
                if (i % Ledger.GROUP == 0 && ledger.flush(Duration.ofSeconds(10))) {
                    out.println(i);
                }
            }
        }
    }
}
