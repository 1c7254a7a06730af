package dev.hadal.cli;

import dev.hadal.DeepSeek;
import dev.hadal.cli.bench.Arrival;
import dev.hadal.cli.bench.Turns;
import dev.hadal.engine.Engine;
import java.util.List;
import java.util.Locale;

/** What {@code hadal bench} measures of the engine: conversations of several turns, and long prompts that arrive. */
final class EngineBench {
    private static final int ANSWER_TOKENS = 32;

    private final Terminal terminal;
    private final Engine engine;
    private final int vocabulary;

    EngineBench(Terminal terminal, DeepSeek deepSeek) {
        this.terminal = terminal;
        this.engine = deepSeek.engine();
        this.vocabulary = deepSeek.info().config().vocabSize();
    }

    /** Runs turns of so many new tokens and prints a line for each. */
    void turns(int turns, int tokens) throws InterruptedException {
        terminal.progress("measuring " + turns + " turns of " + tokens + " tokens");
        List<Turns.Turn> measured =
                new Turns(engine, vocabulary).run(turns, tokens, Math.min(ANSWER_TOKENS, tokens / 2));
        terminal.plain();
        terminal.printLine("| turn |    new | reused | computed | excess | first token s | total s |");
        terminal.printLine("|-----:|-------:|-------:|---------:|-------:|--------------:|--------:|");
        for (int i = 0; i < measured.size(); i++) {
            Turns.Turn turn = measured.get(i);
            terminal.printLine(String.format(
                    Locale.ROOT,
                    "| %4d | %6d | %6d | %8d | %4.2f %% | %13.2f | %7.2f |",
                    i + 1,
                    turn.newTokens(),
                    turn.usage().prefix().reusedTokens(),
                    turn.usage().computedTokens(),
                    100 * turn.excess(),
                    turn.usage().timings().firstToken().toNanos() / 1e9,
                    turn.usage().timings().ended().toNanos() / 1e9));
        }
        if (turns > 2) {
            double second = measured.get(1).usage().timings().ended().toNanos();
            double last = measured.getLast().usage().timings().ended().toNanos();
            terminal.row("last turn / second", String.format(Locale.ROOT, "%.2f", last / second));
        }
    }

    /** Lets a prompt of so many tokens arrive while an answer is written. */
    void arrival(int tokens) throws InterruptedException {
        terminal.progress("measuring a prompt of " + tokens + " tokens beside an answer");
        Arrival.Measured measured = new Arrival(engine, vocabulary).measure(tokens);
        terminal.plain();
        terminal.row("prompt alone", seconds(measured.alone().toNanos(), tokens));
        terminal.row("beside an answer", seconds(measured.beside().toNanos(), tokens));
        terminal.row("speed kept", Figures.percent(measured.keptSpeed()));
        terminal.row(
                "gaps of the answer",
                String.format(
                        Locale.ROOT,
                        "p50 %.0f ms, p99 %.0f ms, longest %.0f ms, of %d",
                        measured.gapMillis(0.5),
                        measured.gapMillis(0.99),
                        measured.gapMillis(1),
                        measured.gapMillis().size()));
    }

    private static String seconds(long nanos, int tokens) {
        return String.format(Locale.ROOT, "%.1f s, %.1f tokens/s", nanos / 1e9, tokens * 1e9 / nanos);
    }
}
