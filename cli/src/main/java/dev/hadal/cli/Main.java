package dev.hadal.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Finds the command, runs it, and turns whatever happens into an exit code and at most one sentence. */
public final class Main {
    private final Terminal terminal;
    private final HadalCommand hadal = new HadalCommand();

    private Main(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The process: ends with 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
    public static void main(String[] args) {
        Terminal terminal = ProcessTerminal.open(System.getenv());
        // Ctrl-C ends the process with 130 by the JVM's own handler; a dimmed screen must not stay so.
        Runtime.getRuntime().addShutdownHook(new Thread(terminal::plain));
        System.exit(run(terminal, args));
    }

    /** Runs one command on a terminal and returns the exit code. */
    static int run(Terminal terminal, String... args) {
        return new Main(terminal).endOf(args);
    }

    private int endOf(String... args) {
        try {
            return codeOf(args);
        } catch (ClosedOutputException _) {
            return ExitCode.DONE;
        }
    }

    private int codeOf(String... args) {
        try {
            execute(args);
            terminal.flush();
            return ExitCode.DONE;
        } catch (ParameterException e) {
            String command = e.getCommandLine().getCommandSpec().qualifiedName();
            return fail(ExitCode.WRONG_USAGE, e.getMessage() + " (see " + command + " --help)", e);
        } catch (ClosedOutputException e) {
            throw e;
        } catch (RuntimeException e) {
            return fail(ExitCode.FAILED, isForeseen(e) ? String.valueOf(e.getMessage()) : unforeseen(e), e);
        } catch (OutOfMemoryError e) {
            return fail(
                    ExitCode.FAILED, "out of memory: " + e.getMessage() + "; hadal plan shows what a model needs", e);
        }
    }

    /** Whether an exception is one of this program's own, which all say what, where and what to do. */
    static boolean isForeseen(RuntimeException e) {
        return e.getClass().getPackageName().startsWith("dev.hadal") && !(e instanceof ClosedOutputException);
    }

    private String unforeseen(RuntimeException e) {
        return "unexpected " + e + (hadal.verbose() ? "" : "; the same with --verbose shows where it comes from");
    }

    private void execute(String... args) {
        ParseResult parsed = commandLine(args).parseArgs(args);
        while (parsed.hasSubcommand()) {
            parsed = parsed.subcommand();
        }
        CommandSpec command = parsed.commandSpec();
        if (parsed.isUsageHelpRequested()) {
            terminal.print(command.commandLine().getUsageMessage(terminal.colours() ? Ansi.ON : Ansi.OFF));
        } else if (parsed.isVersionHelpRequested()) {
            terminal.printLine(String.join("\n", command.version()));
        } else {
            ((Runnable) command.userObject()).run();
        }
    }

    /** Only the command in question if there is one: reading the annotations of all takes most of a short run. */
    private CommandLine commandLine(String... args) {
        Map<String, Supplier<Runnable>> commands = commands();
        // An argument @FILE is the command's own to read.
        CommandLine line = new CommandLine(hadal).setUsageHelpAutoWidth(true).setExpandAtFiles(false);
        Arrays.stream(args)
                .filter(commands::containsKey)
                .findFirst()
                .ifPresent(named -> commands.keySet().retainAll(Set.of(named)));
        commands.values().forEach(command -> line.addSubcommand(command.get()));
        return line;
    }

    private Map<String, Supplier<Runnable>> commands() {
        Map<String, Supplier<Runnable>> commands = new LinkedHashMap<>();
        commands.put("run", () -> new RunCommand(terminal, hadal));
        commands.put("chat", () -> new ChatCommand(terminal, hadal));
        commands.put("tokenize", () -> new TokenizeCommand(terminal));
        commands.put("prompt", () -> new PromptCommand(terminal));
        commands.put("parse", () -> new ParseCommand(terminal));
        commands.put("logits", () -> new LogitsCommand(terminal, hadal));
        commands.put("inspect", () -> new InspectCommand(terminal));
        commands.put("plan", () -> new PlanCommand(terminal));
        commands.put("synth", () -> new SynthCommand(terminal));
        commands.put("bench", () -> new BenchCommand(terminal, hadal));
        commands.put("serve", () -> new ServeCommand(terminal, hadal));
        commands.put("key", () -> new KeyCommand(terminal));
        commands.put("usage", () -> new UsageCommand(terminal));
        commands.put("soak", () -> new SoakCommand(terminal, hadal));
        return commands;
    }

    private int fail(int code, String sentence, Throwable cause) {
        terminal.failure("hadal: " + sentence.replaceAll("\\s*\\R\\s*", " "));
        if (hadal.verbose()) {
            StringWriter trace = new StringWriter();
            cause.printStackTrace(new PrintWriter(trace, true));
            terminal.failure(trace.toString());
        }
        return code;
    }
}
