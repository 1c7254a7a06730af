package dev.hadal.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
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
        // System.out would hide that nobody reads any more.
        Terminal terminal = new Terminal(
                System.in,
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                Screens.detect(System.getenv()));
        // Ctrl-C ends the process with 130 by the JVM's own handler; a dimmed screen must not stay so.
        Runtime.getRuntime().addShutdownHook(new Thread(terminal::plain));
        System.exit(run(terminal, args));
    }

    /** Runs one command on a terminal and returns the exit code. */
    static int run(Terminal terminal, String... args) {
        return new Main(terminal).endOf(args);
    }

    /** Even the sentence about a failure may find nobody who reads it. */
    private int endOf(String... args) {
        try {
            int code = codeOf(args);
            terminal.flush();
            return code;
        } catch (ClosedOutputException _) {
            return ExitCode.DONE;
        }
    }

    private int codeOf(String... args) {
        try {
            execute(args);
            return ExitCode.DONE;
        } catch (ParameterException e) {
            String command = e.getCommandLine().getCommandSpec().qualifiedName();
            return fail(ExitCode.WRONG_USAGE, e.getMessage() + " (see " + command + " --help)", e);
        } catch (ClosedOutputException e) {
            throw e;
        } catch (RuntimeException e) {
            return fail(ExitCode.FAILED, isForeseen(e) ? String.valueOf(e.getMessage()) : unforeseen(e), e);
        } catch (OutOfMemoryError e) {
            return fail(ExitCode.FAILED, "out of memory: " + e.getMessage() + "; hadal plan shows what a model needs", e);
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
        ParseResult parsed = commandLine().parseArgs(args);
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

    private CommandLine commandLine() {
        CommandLine line = new CommandLine(hadal);
        for (Object command : commands()) {
            line.addSubcommand(command);
        }
        line.setUsageHelpAutoWidth(true);
        return line;
    }

    private List<Runnable> commands() {
        return List.of(
                new RunCommand(terminal, hadal),
                new ChatCommand(terminal, hadal),
                new TokenizeCommand(terminal),
                new PromptCommand(terminal),
                new ParseCommand(terminal),
                new LogitsCommand(terminal, hadal),
                new InspectCommand(terminal),
                new PlanCommand(terminal));
    }

    private int fail(int code, String sentence, Throwable cause) {
        terminal.note("hadal: " + sentence.replaceAll("\\s*\\R\\s*", " "));
        if (hadal.verbose()) {
            StringWriter trace = new StringWriter();
            cause.printStackTrace(new PrintWriter(trace, true));
            terminal.note(trace.toString());
        }
        return code;
    }
}
