package dev.hadal.server.ops;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One record for every finished or aborted request, in an SQLite file. Records are written in groups by one thread; a
 * group is on the disk (write-ahead log, forced) within a second of its first record or with its 64th, whichever comes
 * first, and that is the most that a killed process loses. A request id is recorded once.
 */
public final class Ledger implements AutoCloseable {
    /** Most records in one group. */
    static final int GROUP = 64;

    private static final int QUEUE = 100_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long RETRY_NANOS = 500_000_000;
    private static final String INSERT = """
            INSERT OR IGNORE INTO usage(request_id, at_ms, key, model, prompt, hit, completion, reasoning, outcome,
              queued_ms, first_ms, total_ms, cost, normalised) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
    /** Between words in a column. */
    private static final String WORDS = ", ";

    private final System.Logger logger = System.getLogger(Ledger.class.getName());
    private final Path file;
    private final Connection connection;
    private final Thread writer;
    private final LinkedBlockingQueue<Entry> queue = new LinkedBlockingQueue<>(QUEUE);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition written = lock.newCondition();
    private long accepted;
    private long done;
    private volatile boolean closing;
    private volatile boolean failing;

    /** A record on its way to the file. */
    private record Entry(UsageRecord usage, Instant at, long cost) {}

    private Ledger(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
        this.writer = Thread.ofPlatform().name("hadal-ledger").daemon().unstarted(this::write);
    }

    /**
     * Opens a file for recording; makes it, readable by its owner only, if it is not there.
     *
     * @throws LedgerException if it cannot be used
     */
    public static Ledger open(Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            if (Files.notExists(file)) {
                createPrivate(file);
            }
            Ledger ledger = new Ledger(file, LedgerFile.connect(file, false));
            LedgerFile.prepare(ledger.connection, file);
            ledger.writer.start();
            return ledger;
        } catch (IOException | SQLException e) {
            throw LedgerFile.unusable(file, e);
        }
    }

    private static void createPrivate(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
    }

    /** Records usage. Does not wait for the disk; {@link #flush} does. */
    public void record(UsageRecord usage, Instant at, long cost) {
        if (closing || !queue.offer(new Entry(usage, at, cost))) {
            logger.log(Level.ERROR, "the usage of request " + usage.requestId() + " is not in the ledger " + file);
            return;
        }
        lock.lock();
        try {
            accepted++;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until all that was recorded is on the disk.
     *
     * @return whether that is so
     */
    public boolean flush(Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lock();
        try {
            long wanted = accepted;
            while (done < wanted && left > 0) {
                left = written.awaitNanos(left);
            }
            return done >= wanted;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the file could not be written the last time. */
    public boolean failing() {
        return failing;
    }

    private void write() {
        List<Entry> group = new ArrayList<>();
        while (!closing || !queue.isEmpty() || !group.isEmpty()) {
            try {
                fill(group);
                if (!group.isEmpty() && commit(group)) {
                    settled(group.size());
                    group.clear();
                }
            } catch (InterruptedException e) {
                // Closing: what is left is written without waiting.
            }
        }
    }

    private void fill(List<Entry> group) throws InterruptedException {
        if (!group.isEmpty()) {
            return;
        }
        Entry first = queue.poll(1, TimeUnit.SECONDS);
        if (first != null) {
            group.add(first);
            queue.drainTo(group, GROUP - 1);
        }
    }

    private void settled(int count) {
        lock.lock();
        try {
            done += count;
            written.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the group is on the disk; a failed one is tried again until the ledger is closed. */
    private boolean commit(List<Entry> group) {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            connection.setAutoCommit(false);
            for (Entry entry : group) {
                bind(insert, entry);
                insert.executeUpdate();
            }
            connection.commit();
            if (failing) {
                failing = false;
                logger.log(Level.INFO, "the ledger " + file + " can be written again");
            }
            return true;
        } catch (SQLException e) {
            rollback();
            if (!failing) {
                failing = true;
                logger.log(
                        Level.WARNING,
                        "the ledger " + file + " cannot be written: " + e.getMessage() + "; usage waits in memory");
            }
            if (closing) {
                logger.log(Level.ERROR, group.size() + " usage records are lost: " + file + " cannot be written");
                return true;
            }
            LockSupport.parkNanos(RETRY_NANOS);
            return false;
        }
    }

    private void rollback() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            logger.log(Level.DEBUG, "no rollback", e);
        }
    }

    private static void bind(PreparedStatement insert, Entry entry) throws SQLException {
        UsageRecord usage = entry.usage();
        insert.setString(1, usage.requestId());
        insert.setLong(2, entry.at().toEpochMilli());
        insert.setString(3, usage.key());
        insert.setString(4, usage.model());
        insert.setLong(5, usage.tokens().prompt());
        insert.setLong(6, usage.tokens().cacheHit());
        insert.setLong(7, usage.tokens().completion());
        insert.setLong(8, usage.tokens().reasoning());
        insert.setString(9, usage.outcome().label());
        insert.setLong(10, usage.times().queued().toMillis());
        insert.setLong(11, usage.times().firstToken().toMillis());
        insert.setLong(12, usage.times().total().toMillis());
        insert.setLong(13, entry.cost());
        insert.setString(14, String.join(WORDS, usage.asked().normalised()));
    }

    /** What each key has cost so far, in parts of a {@link PriceList#DOLLAR}. */
    public Map<String, Long> spent() {
        return sums("SELECT key, sum(cost) FROM usage GROUP BY key");
    }

    /** Computed tokens of each key since a time. */
    public Map<String, Long> computedSince(Instant start) {
        return sums("SELECT key, sum(prompt - hit + completion) FROM usage WHERE at_ms >= " + start.toEpochMilli()
                + " GROUP BY key");
    }

    /** Requests of each key since a time. */
    public Map<String, Long> requestsSince(Instant start) {
        return sums("SELECT key, count(*) FROM usage WHERE at_ms >= " + start.toEpochMilli() + " GROUP BY key");
    }

    private Map<String, Long> sums(String query) {
        try (Connection reader = LedgerFile.connect(file, true);
                Statement statement = reader.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            Map<String, Long> sums = new LinkedHashMap<>();
            while (rows.next()) {
                sums.put(rows.getString(1), rows.getLong(2));
            }
            return sums;
        } catch (SQLException e) {
            throw LedgerFile.unusable(file, e);
        }
    }

    /** Writes what is left and closes the file. */
    @Override
    public void close() {
        closing = true;
        writer.interrupt();
        try {
            writer.join(PATIENCE);
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw LedgerFile.unusable(file, e);
        }
    }

    /** The total of each key and model, and of each day if wanted, in that order; reads a file that may be in use. */
    public static List<UsageTotal> totals(Path file, boolean byDay) {
        if (Files.notExists(file)) {
            throw new LedgerException(
                    file + " does not exist; hadal serve makes it, and --ledger names another place", null);
        }
        try (Connection reader = LedgerFile.connect(file, true)) {
            return totals(reader, byDay);
        } catch (SQLException e) {
            throw LedgerFile.unusable(file, e);
        }
    }

    private static List<UsageTotal> totals(Connection reader, boolean byDay) throws SQLException {
        String day = byDay ? "at_ms / 86400000" : "0";
        String normalised = LedgerFile.tellsNormalised(reader) ? "normalised" : "''";
        String query = "SELECT " + day + " AS day, key, model, count(*), sum(prompt), sum(hit), sum(completion),"
                + " sum(reasoning), sum(cost), " + normalised
                + " AS words FROM usage GROUP BY day, key, model, words ORDER BY day, key, model";
        try (Statement statement = reader.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<UsageTotal> totals = new ArrayList<>();
            while (rows.next()) {
                UsageTotal next = total(rows, byDay);
                if (!totals.isEmpty() && totals.getLast().isOfSame(next)) {
                    totals.add(totals.removeLast().plus(next));
                } else {
                    totals.add(next);
                }
            }
            return totals;
        }
    }

    private static UsageTotal total(ResultSet rows, boolean byDay) throws SQLException {
        return new UsageTotal(
                byDay
                        ? Instant.ofEpochMilli(rows.getLong(1) * 86_400_000L)
                                .atZone(ZoneOffset.UTC)
                                .toLocalDate()
                        : null,
                rows.getString(2),
                rows.getString(3),
                UsageTotal.Requests.of(rows.getLong(4), words(rows.getString(10))),
                new UsageRecord.Tokens(rows.getLong(5), rows.getLong(6), rows.getLong(7), rows.getLong(8)),
                rows.getLong(9));
    }

    private static List<String> words(String joined) {
        return joined.isEmpty() ? List.of() : List.of(joined.split(WORDS));
    }
}
