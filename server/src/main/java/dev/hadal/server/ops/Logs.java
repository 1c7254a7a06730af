package dev.hadal.server.ops;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;

/** Where the process's log goes and how it is written. The library logs through {@link System.Logger} only. */
public final class Logs {
    private static final String HTTP_LIBRARY = "org.eclipse.jetty";

    /** The log manager forgets loggers, and their levels, that nobody holds. */
    private final List<Logger> kept = new ArrayList<>();

    private Logs() {}

    /**
     * Sends the whole log of the process to one place.
     *
     * @param out where to
     * @param json lines of JSON instead of text
     * @param requests whether every request has a line
     * @return to be held as long as that shall last
     */
    public static Logs to(OutputStream out, boolean json, boolean requests) {
        Logs logs = new Logs();
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        root.setLevel(Level.INFO);
        root.addHandler(new Flushed(out, new LogFormat(json)));
        logs.level(HTTP_LIBRARY, Level.WARNING);
        logs.level(AccessLog.LOGGER, requests ? Level.INFO : Level.OFF);
        return logs;
    }

    /** Forgets what was set for single loggers. */
    public void end() {
        kept.clear();
    }

    private void level(String name, Level level) {
        Logger logger = Logger.getLogger(name);
        logger.setLevel(level);
        kept.add(logger);
    }

    /** Writes each record at once. */
    private static final class Flushed extends StreamHandler {
        Flushed(OutputStream out, Formatter formatter) {
            super(out, formatter);
            setLevel(Level.ALL);
        }

        @Override
        public synchronized void publish(LogRecord entry) {
            super.publish(entry);
            flush();
        }
    }
}
