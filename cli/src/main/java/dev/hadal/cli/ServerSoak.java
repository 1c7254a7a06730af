package dev.hadal.cli;

import dev.hadal.cli.bench.SoakMode;
import dev.hadal.cli.bench.SoakReport;
import dev.hadal.cli.bench.SoakScript;
import dev.hadal.cli.bench.SoakServer;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The soaks of a whole server: which, of what, and how what came of it is shown. */
final class ServerSoak {
    private static final int MOST_CLIENTS = 250;
    private static final int MOST_SCHEMAS = 1_000_000;

    @Option(
            names = "--overload",
            description = "Sends a server three times as many requests as it can answer: those it cannot have to be"
                    + " refused within 100 ms with Retry-After, the others to be answered, at 90 % of its peak.")
    private boolean overload;

    @Option(
            names = "--silence",
            description = "Lets clients of every dialect wait for their answer: all have to be kept alive, and then to"
                    + " be answered or told an error properly.")
    private boolean silence;

    @Option(
            names = "--schemas",
            paramLabel = "N",
            arity = "0..1",
            fallbackValue = "10000",
            description =
                    "Sends so many requests with a different schema each, ${FALLBACK-VALUE} if not said: memory and"
                            + " files must not grow with them, nor other requests take more than twice as long.")
    private @Nullable Integer schemas;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "A server that is running, with the script that --print-script prints; one is started in this"
                    + " process if not given.")
    private @Nullable URI url;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Its key, if it wants one; it needs the right to read metrics.")
    private String key = "";

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "16",
            description = "Clients that measure the peak of --overload. ${DEFAULT-VALUE} if not given.")
    private int clients;

    @Option(
            names = "--print-script",
            description = "Print the script that a server needs for --url, and how to start it, and end.")
    private boolean printScript;

    @Option(names = "--json", description = "Print the figures of the soak of a server as one JSON object.")
    private boolean json;

    /** Which is asked for; null for none. */
    @Nullable
    SoakMode mode() {
        List<SoakMode> modes = new ArrayList<>();
        if (overload) {
            modes.add(SoakMode.OVERLOAD);
        }
        if (silence) {
            modes.add(SoakMode.SILENCE);
        }
        if (schemas != null) {
            modes.add(SoakMode.SCHEMAS);
        }
        if (modes.size() > 1) {
            throw new CommandException("--overload, --silence and --schemas are different soaks; give one of them");
        }
        if (modes.isEmpty() && (url != null || json || !key.isEmpty())) {
            throw new CommandException(
                    "--url, --key and --json go with --overload, --silence or --schemas; give one of these");
        }
        return modes.isEmpty() ? null : modes.getFirst();
    }

    /** Whether only the script is wanted. */
    boolean printsScript() {
        return printScript;
    }

    void printScript(Terminal terminal, Duration time) {
        for (SoakMode mode : SoakMode.values()) {
            terminal.printLine("# --" + mode.name().toLowerCase(Locale.ROOT)
                    + ": hadal serve --script FILE --ledger off " + flags(mode.settings()));
        }
        terminal.print(SoakScript.yaml(time));
    }

    private static String flags(Map<String, String> settings) {
        return String.join(
                " ",
                settings.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry -> "--set " + entry.getKey() + "=" + entry.getValue())
                        .toList());
    }

    void run(SoakMode mode, Duration time, Terminal terminal) throws InterruptedException {
        if (clients < 1 || clients > MOST_CLIENTS) {
            throw new CommandException("--clients must be from 1 to " + MOST_CLIENTS + ", but is " + clients);
        }
        if (schemas != null && (schemas < 1 || schemas > MOST_SCHEMAS)) {
            throw new CommandException("--schemas must be from 1 to " + MOST_SCHEMAS + ", but is " + schemas);
        }
        URI given = url;
        if (given != null) {
            soak(mode, given, null, time, terminal);
            return;
        }
        try {
            Path directory = Files.createTempDirectory("hadal-soak");
            try (SoakServer server = server(mode, SoakScript.yaml(time), directory)) {
                soak(mode, server.uri(), directory, time, terminal);
            } finally {
                delete(directory);
            }
        } catch (IOException e) {
            throw new CommandException("the server of this soak cannot keep its files: " + e, e);
        }
    }

    private static SoakServer server(SoakMode mode, String script, Path directory) throws IOException {
        return mode.looksAtFiles()
                ? SoakServer.keeping(script, mode.settings(), directory)
                : SoakServer.start(script, mode.settings(), new FileOutputStream(FileDescriptor.err));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    private void soak(SoakMode mode, URI server, @Nullable Path files, Duration time, Terminal terminal)
            throws InterruptedException {
        SoakMode.Outcome outcome;
        try {
            int count = schemas == null ? 0 : schemas;
            outcome = mode.run(new SoakMode.Target(server, key, clients, count, files), time, terminal::progress);
        } catch (IOException e) {
            throw new CommandException(
                    server + " cannot be soaked: " + e.getMessage()
                            + "; it has to run with the script of hadal soak --print-script",
                    e);
        }
        terminal.plain();
        SoakReport report = outcome.report();
        if (json) {
            terminal.printLine(json(mode, outcome).toString());
        } else {
            report.figures().forEach(figure -> terminal.row(figure.name(), shown(figure)));
        }
        if (!report.broken().isEmpty()) {
            SoakReport.Figure first = report.broken().getFirst();
            throw new CommandException(first.name() + " should be " + first.bound() + ", but is " + first.shown()
                    + (outcome.firstBroken().isEmpty() ? "" : "; first of all: " + outcome.firstBroken()));
        }
    }

    private static String shown(SoakReport.Figure figure) {
        String bound = figure.bound().isEmpty() ? "" : "(" + figure.bound() + (figure.kept() ? ")" : ": broken)");
        return bound.isEmpty() ? figure.shown() : "%-18s %s".formatted(figure.shown(), bound);
    }

    private static ObjectNode json(SoakMode mode, SoakMode.Outcome outcome) {
        ObjectNode object = Json.object().put("soak", mode.name().toLowerCase(Locale.ROOT));
        outcome.report().figures().forEach(figure -> object.put(figure.key(), figure.value()));
        ArrayNode broken = object.putArray("broken_bounds");
        outcome.report().broken().forEach(figure -> broken.add(figure.key()));
        object.put("first_problem", outcome.firstBroken());
        return object;
    }
}
