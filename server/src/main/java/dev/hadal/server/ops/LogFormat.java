package dev.hadal.server.ops;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import tools.jackson.core.io.JsonStringEncoder;

/** How a log record is written: a line of text, or a line of JSON. Times are UTC. */
final class LogFormat extends Formatter {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final boolean json;

    LogFormat(boolean json) {
        this.json = json;
    }

    @Override
    public String format(LogRecord entry) {
        String time = TIME.format(Instant.ofEpochMilli(entry.getMillis()));
        String level = entry.getLevel().getName();
        String message = formatMessage(entry);
        Throwable thrown = entry.getThrown();
        String trace = thrown == null ? "" : trace(thrown);
        if (json) {
            return "{\"time\":\"" + time + "\",\"level\":\"" + level + "\",\"logger\":\""
                    + quoted(String.valueOf(entry.getLoggerName())) + "\",\"message\":\"" + quoted(message) + "\""
                    + (trace.isEmpty() ? "" : ",\"trace\":\"" + quoted(trace) + "\"") + "}\n";
        }
        // Whatever a message holds, it stays one line; only traces, which are ours, have more.
        return time + " " + level + " " + oneLine(message) + "\n" + trace;
    }

    private static String oneLine(String message) {
        StringBuilder line = new StringBuilder(message.length());
        message.chars().forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                line.append("\\u%04x".formatted(c));
            } else {
                line.append((char) c);
            }
        });
        return line.toString();
    }

    private static String trace(Throwable thrown) {
        StringWriter out = new StringWriter();
        thrown.printStackTrace(new PrintWriter(out, true));
        return out.toString();
    }

    private static String quoted(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsCharArray(text));
    }
}
