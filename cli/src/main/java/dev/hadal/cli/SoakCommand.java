package dev.hadal.cli;

import dev.hadal.DeepSeek;
import dev.hadal.OpenOptions;
import dev.hadal.cli.bench.Soak;
import dev.hadal.cli.bench.SoakMode;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hadal soak}: the engine against a plain loop, or a server against many clients, for as long as one likes. */
@Command(
        name = "soak",
        description = "Runs random requests together, with branches, cancellations and preemptions, and compares every"
                + " token and every bit of its log-probabilities with what each request gives alone. Ends with 1 at the"
                + " first difference; the seed it prints shows it again. With --overload, --silence or --schemas a whole"
                + " server is soaked instead, and 1 means that one of the bounds in the table was broken.",
        footer = {
            "",
            "  hadal soak --seconds 600",
            "  hadal soak --overload --minutes 10",
            "  hadal soak --silence --minutes 10 --json",
            "  hadal soak --schemas"
        })
final class SoakCommand implements Runnable {
    private static final Duration STANDARD = Duration.ofSeconds(60);

    private final Terminal terminal;
    private final HadalCommand hadal;

    @Mixin
    private ModelOption model = new ModelOption();

    @Mixin
    private ServerSoak server = new ServerSoak();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "For how long; at least one round is run. 60 if nothing is given.")
    private @Nullable Long seconds;

    @Option(names = "--minutes", paramLabel = "N", description = "For how long, in minutes.")
    private @Nullable Long minutes;

    @Option(names = "--seed", paramLabel = "N", description = "Of the first round; drawn if not given.")
    private @Nullable Long seed;

    SoakCommand(Terminal terminal, HadalCommand hadal) {
        this.terminal = terminal;
        this.hadal = hadal;
    }

    @Override
    public void run() {
        Duration time = time();
        SoakMode mode = server.mode();
        if (mode == SoakMode.SCHEMAS && (seconds != null || minutes != null)) {
            throw new CommandException("--schemas takes as long as the schemas take; say how many instead of a time");
        }
        if (server.printsScript()) {
            server.printScript(terminal, time);
            return;
        }
        if (mode != null) {
            soak(mode, time);
            return;
        }
        long first = seed == null ? ThreadLocalRandom.current().nextLong(1_000_000_000) : seed;
        terminal.printLine("seed " + first);
        OpenOptions options = hadal.options(terminal);
        try (DeepSeek deepSeek = hadal.checked(DeepSeek.open(model.files(), options))) {
            soak(new Soak(deepSeek.model()), first, time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        }
    }

    private Duration time() {
        if (seconds != null && minutes != null) {
            throw new CommandException("give either --seconds or --minutes");
        }
        return minutes != null ? Duration.ofMinutes(minutes) : seconds != null ? Duration.ofSeconds(seconds) : STANDARD;
    }

    private void soak(SoakMode mode, Duration time) {
        if (!time.isPositive()) {
            throw new CommandException("a soak of a server takes a second at least; --seconds is " + time.toSeconds());
        }
        try {
            server.run(mode, time, terminal);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        }
    }

    private void soak(Soak soak, long first, Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        long round = first;
        do {
            String difference = soak.round(round);
            if (!difference.isEmpty()) {
                throw new CommandException(difference + "; hadal soak --seconds 0 --seed " + round + " shows it again");
            }
            round++;
            Soak.Totals totals = soak.totals();
            terminal.progress(totals.rounds() + " rounds, " + totals.answers() + " answers, no difference");
        } while (System.nanoTime() < end);
        Soak.Totals totals = soak.totals();
        terminal.plain();
        terminal.row("rounds", Figures.exact(totals.rounds()));
        terminal.row("answers", Figures.exact(totals.answers()));
        terminal.row("tokens compared", Figures.exact(totals.tokens()));
        terminal.row("tokens reused", Figures.exact(totals.reused()));
        terminal.row("preemptions", Figures.exact(totals.preemptions()));
        terminal.row("differences", "0");
    }
}
