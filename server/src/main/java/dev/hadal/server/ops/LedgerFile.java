package dev.hadal.server.ops;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** The SQLite file under a {@link Ledger}. */
final class LedgerFile {
    /** Since 2, with what was normalised. */
    private static final int VERSION = 2;

    private static final int BUSY_MILLIS = 10_000;

    private LedgerFile() {}

    static Connection connect(Path file, boolean readOnly) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        if (!readOnly) {
            config.setJournalMode(SQLiteConfig.JournalMode.WAL);
            config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        }
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source.getConnection();
    }

    /** Whether the records of a file say what was normalised; those of older files do not. */
    static boolean tellsNormalised(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return version(statement) > 1;
        }
    }

    private static int version(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    /** Makes the table, adds to it what an older version lacks, or finds out that a newer one made it. */
    static void prepare(Connection connection, Path file) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int version = version(statement);
            if (version > VERSION) {
                throw new LedgerException(
                        file + " was written by a newer hadal (version " + version + " of the ledger); use that one, or"
                                + " another --ledger",
                        null);
            }
            // In one piece, whatever happens to this process or another one meanwhile.
            statement.execute("BEGIN IMMEDIATE");
            upgrade(statement);
            statement.execute("COMMIT");
        }
    }

    private static void upgrade(Statement statement) throws SQLException {
        int version = version(statement);
        statement.executeUpdate("""
                CREATE TABLE IF NOT EXISTS usage(
                  seq INTEGER PRIMARY KEY AUTOINCREMENT,
                  request_id TEXT NOT NULL UNIQUE,
                  at_ms INTEGER NOT NULL,
                  key TEXT NOT NULL,
                  model TEXT NOT NULL,
                  prompt INTEGER NOT NULL,
                  hit INTEGER NOT NULL,
                  completion INTEGER NOT NULL,
                  reasoning INTEGER NOT NULL,
                  outcome TEXT NOT NULL,
                  queued_ms INTEGER NOT NULL,
                  first_ms INTEGER NOT NULL,
                  total_ms INTEGER NOT NULL,
                  cost INTEGER NOT NULL,
                  normalised TEXT NOT NULL DEFAULT '')""");
        if (version == 1) {
            statement.executeUpdate("ALTER TABLE usage ADD COLUMN normalised TEXT NOT NULL DEFAULT ''");
        }
        statement.executeUpdate("CREATE INDEX IF NOT EXISTS usage_at ON usage(at_ms)");
        statement.executeUpdate("PRAGMA user_version = " + VERSION);
    }

    static LedgerException unusable(Path file, Exception cause) {
        return new LedgerException(
                "the usage ledger " + file + " cannot be used: " + cause.getMessage()
                        + "; choose another --ledger FILE," + " or --ledger off",
                cause);
    }
}
