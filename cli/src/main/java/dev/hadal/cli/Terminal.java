package dev.hadal.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The three streams of the process, always UTF-8. Commands say what to show; how it looks is decided here. What is
 * printed is buffered until {@link #flush}. A model's text loses its control characters on the way to a screen, so that it
 * cannot steer the terminal.
 */
final class Terminal {
    /** More than the longest context can hold: a longer line or text is refused instead of filling the heap. */
    static final int MAX_INPUT_BYTES = 64 << 20;

    private static final int COLUMN = 24;
    private static final String DIM = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";

    /**
     * What the streams are connected to.
     *
     * @param typedIn   somebody types on standard input
     * @param screenOut standard output is a screen
     * @param screenErr standard error is a screen
     * @param colour    screens may be sent colours
     */
    record Kind(boolean typedIn, boolean screenOut, boolean screenErr, boolean colour) {
        /** Files and pipes only. */
        static final Kind PIPES = new Kind(false, false, false, false);
    }

    private final InputStream in;
    private final Writer out;
    private final Writer err;
    private final Kind kind;
    private boolean dimmed;
    /** Characters of the progress line that stands on the screen. */
    private int progressWidth;

    /** A terminal on these streams, which it does not close. */
    Terminal(InputStream in, OutputStream out, OutputStream err, Kind kind) {
        this.in = new BufferedInputStream(in);
        this.out = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        this.err = new OutputStreamWriter(err, StandardCharsets.UTF_8);
        this.kind = kind;
    }

    /** What the streams are connected to. */
    Kind kind() {
        return kind;
    }

    /** Whether standard output may be sent colours. */
    boolean colours() {
        return kind.screenOut && kind.colour;
    }

    /** Prints exact text on standard output. */
    void print(String text) {
        write(out, text);
    }

    /** Prints a line on standard output. */
    void printLine(String line) {
        write(out, line);
        write(out, "\n");
    }

    /** Prints a line of a table. */
    void row(String name, String value) {
        printLine("  " + name + " ".repeat(Math.max(2, COLUMN - name.length())) + value);
    }

    /** Prints a piece of an answer on standard output, at once. */
    void answer(String text) {
        write(out, kind.screenOut ? harmless(text) : text);
        flush();
    }

    /** Ends an answer: a screen gets a line end, a file or pipe the exact text. */
    void endAnswer() {
        if (kind.screenOut) {
            write(out, "\n");
        }
        flush();
    }

    /** Prints a piece of reasoning on standard error, at once, dimmed where there are colours. */
    void reasoning(String text) {
        if (kind.screenErr && kind.colour && !dimmed) {
            dimmed = true;
            write(err, DIM);
        }
        write(err, kind.screenErr ? harmless(text) : text);
        flush();
    }

    /** Ends the dimmed text and its line. */
    void endReasoning() {
        plain();
        write(err, "\n");
        flush();
    }

    /** Shows how far the work is, on a screen only: one line on standard error that the next text replaces. */
    void progress(String line) {
        if (kind.screenErr) {
            write(err, "\r" + line + " ".repeat(Math.max(0, progressWidth - line.length())));
            progressWidth = Math.max(progressWidth, line.length());
            flush(err);
        }
    }

    /** Shows a line that nobody misses in a file: on standard error, dimmed, if that is a screen. */
    void aside(String line) {
        plain();
        if (kind.screenErr) {
            write(err, kind.colour ? DIM + line + PLAIN + "\n" : line + "\n");
            flush();
        }
    }

    /** Prints one line on standard error, after what was printed on standard output. */
    void note(String line) {
        flush();
        plain();
        write(err, line);
        write(err, "\n");
        flush();
    }

    /** Prints why the command failed; nothing that happened to standard output keeps this from being said. */
    void failure(String line) {
        try {
            flush(out);
        } catch (CommandException | ClosedOutputException _) {
            // That may be just what the line says.
        }
        plain();
        write(err, line);
        write(err, "\n");
        flush(err);
    }

    /** Leaves a screen as it was found; the last thing to call, on whatever path the process ends. */
    void plain() {
        if (dimmed) {
            dimmed = false;
            write(err, PLAIN);
            flush(err);
        }
        if (progressWidth > 0) {
            write(err, "\r" + " ".repeat(progressWidth) + "\r");
            progressWidth = 0;
            flush(err);
        }
    }

    /** Sends out what was printed. */
    void flush() {
        flush(out);
        flush(err);
    }

    /** The next line that somebody types, after a sign that it is awaited; null after the last one. */
    @Nullable
    String ask() {
        boolean signs = kind.typedIn && kind.screenErr;
        if (signs) {
            write(err, "> ");
            flush();
        }
        String line = readLine();
        if (signs && line == null) {
            write(err, "\n");
            flush();
        }
        return line;
    }

    /** All of standard input as text. */
    String readAll() {
        try {
            byte[] bytes = in.readNBytes(MAX_INPUT_BYTES + 1);
            if (bytes.length > MAX_INPUT_BYTES) {
                throw tooLong();
            }
            return decode(bytes);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** The next line of standard input without its end, or null after the last one. */
    @Nullable
    String readLine() {
        try {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int next = in.read();
            if (next < 0) {
                return null;
            }
            for (; next >= 0 && next != '\n'; next = in.read()) {
                if (line.size() == MAX_INPUT_BYTES) {
                    throw tooLong();
                }
                line.write(next);
            }
            String text = decode(line.toByteArray());
            return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static void flush(Writer stream) {
        try {
            stream.flush();
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private static void write(Writer stream, String text) {
        try {
            stream.write(text);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Control characters, but for tabs and line ends, become U+FFFD. */
    private static String harmless(String text) {
        if (text.chars().noneMatch(Terminal::steers)) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text);
        for (int i = 0; i < shown.length(); i++) {
            if (steers(shown.charAt(i))) {
                shown.setCharAt(i, '\ufffd');
            }
        }
        return shown.toString();
    }

    private static boolean steers(int character) {
        return Character.isISOControl(character) && character != '\n' && character != '\t';
    }

    private static String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CommandException("standard input is not UTF-8 text; convert it first, for example with iconv", e);
        }
    }

    private static CommandException tooLong() {
        return new CommandException(
                "standard input is longer than " + MAX_INPUT_BYTES + " bytes, which no context can hold; shorten it");
    }

    private static CommandException unreadable(IOException cause) {
        return new CommandException("standard input cannot be read: " + cause.getMessage(), cause);
    }

    /** A reader that went away is told apart by the message only: the JDK has no type for it. */
    private static RuntimeException unwritable(IOException cause) {
        String reason = String.valueOf(cause.getMessage());
        return reason.contains("Broken pipe") || reason.contains("Pipe closed")
                ? new ClosedOutputException(cause)
                : new CommandException("the output cannot be written: " + reason, cause);
    }
}
