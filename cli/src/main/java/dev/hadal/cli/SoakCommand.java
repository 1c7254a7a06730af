package dev.hadal.cli;

import dev.hadal.DeepSeek;
import dev.hadal.OpenOptions;
import dev.hadal.cli.bench.Soak;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hadal soak}: the engine against a plain loop, at random, for as long as one likes. */
@Command(
        name = "soak",
        description = "Runs random requests together, with branches, cancellations and preemptions, and compares every"
                + " token and every bit of its log-probabilities with what each request gives alone. Ends with 1 at the"
                + " first difference; the seed it prints shows it again.",
        footer = {"", "  hadal soak --seconds 600"})
final class SoakCommand implements Runnable {
    private final Terminal terminal;
    private final HadalCommand hadal;

    @Mixin
    private ModelOption model = new ModelOption();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "60",
            description = "For how long; at least one round is run. ${DEFAULT-VALUE} if not given.")
    private long seconds;

    @Option(names = "--seed", paramLabel = "N", description = "Of the first round; drawn if not given.")
    private @Nullable Long seed;

    SoakCommand(Terminal terminal, HadalCommand hadal) {
        this.terminal = terminal;
        this.hadal = hadal;
    }

    @Override
    public void run() {
        long first = seed == null ? ThreadLocalRandom.current().nextLong(1_000_000_000) : seed;
        terminal.printLine("seed " + first);
        OpenOptions options = hadal.options(terminal);
        try (DeepSeek deepSeek = hadal.checked(DeepSeek.open(model.files(), options))) {
            soak(new Soak(deepSeek.model()), first);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        }
    }

    private void soak(Soak soak, long first) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
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
