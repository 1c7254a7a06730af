package dev.hadal.cli;

import dev.hadal.server.ops.Ledger;
import dev.hadal.server.ops.PriceList;
import dev.hadal.server.ops.UsageTotal;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code hadal usage}: what was used and what it cost. */
@Command(
        name = "usage",
        description = "Shows what clients of hadal serve used and what it cost by the price list of the time, for each"
                + " key and model.",
        footer = {"", "  hadal usage --by-day", "  hadal usage --json"})
final class UsageCommand implements Runnable {
    private static final String ROW = "%-11s%-16s%-20s%9s%12s%12s%12s%14s%n";

    private final Terminal terminal;

    @Option(names = "--ledger", paramLabel = "FILE", description = "The ledger; that of hadal serve if not given.")
    private Path ledger = LedgerPlace.standard();

    @Option(names = "--by-day", description = "For each day (UTC) as well.")
    private boolean byDay;

    @Option(names = "--json", description = "One line of JSON for each row.")
    private boolean json;

    UsageCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        List<UsageTotal> totals = Ledger.totals(ledger, byDay);
        if (json) {
            totals.forEach(total -> terminal.printLine(object(total).toString()));
            return;
        }
        terminal.print(
                ROW.formatted("day", "key", "model", "requests", "prompt", "of it hit", "completion", "dollars"));
        totals.forEach(total -> terminal.print(ROW.formatted(
                total.day() == null ? "all" : total.day(),
                total.key(),
                total.model(),
                total.requests().count(),
                total.tokens().prompt(),
                total.tokens().cacheHit(),
                total.tokens().completion(),
                dollars(total.cost()))));
        long sum = totals.stream().mapToLong(UsageTotal::cost).sum();
        terminal.print(String.format(Locale.ROOT, "in all %s dollars%n", dollars(sum)));
    }

    private static String dollars(long cost) {
        return exact(cost).setScale(6, RoundingMode.HALF_UP).toPlainString();
    }

    private static BigDecimal exact(long cost) {
        return BigDecimal.valueOf(cost).divide(BigDecimal.valueOf(PriceList.DOLLAR));
    }

    private static ObjectNode object(UsageTotal total) {
        ObjectNode object = Json.object();
        if (total.day() != null) {
            object.put("day", total.day().toString());
        }
        object.put("key", total.key())
                .put("model", total.model())
                .put("requests", total.requests().count())
                .put("prompt_tokens", total.tokens().prompt())
                .put("cache_hit_tokens", total.tokens().cacheHit())
                .put("completion_tokens", total.tokens().completion())
                .put("reasoning_tokens", total.tokens().reasoning())
                .put("cost_usd", exact(total.cost()).stripTrailingZeros().toPlainString());
        ObjectNode normalised = object.putObject("normalized_requests");
        new TreeMap<>(total.requests().normalised()).forEach(normalised::put);
        return object;
    }
}
