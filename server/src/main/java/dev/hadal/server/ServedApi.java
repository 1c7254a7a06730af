package dev.hadal.server;

import dev.hadal.RunTimings;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.Usage;
import dev.hadal.server.api.Decisions;
import dev.hadal.server.api.LegacyAliases;
import dev.hadal.server.api.ModelNames;
import dev.hadal.server.api.Replies;
import dev.hadal.server.api.ServedRuns;
import dev.hadal.server.api.ToolCallIds;
import dev.hadal.server.http.Exchange;
import dev.hadal.server.http.Route;
import dev.hadal.server.ops.Accounts;
import dev.hadal.server.ops.Health;
import dev.hadal.server.ops.Outcome;
import dev.hadal.server.ops.UsageRecord;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Joins the DeepSeek API, the models and the books. */
public final class ServedApi {
    private ServedApi() {}

    /** The routes of the API over models. */
    public static List<Route> routes(HadalServer.Desk desk, ServedModels models) {
        models.observe(desk.health(), desk.metrics());
        ServerConfig.Behaviour behaviour = desk.config().behaviour();
        Decisions decisions = behaviour.strictParity() ? Decisions.strictParity() : Decisions.compatible();
        ModelNames names = new ModelNames(
                models.served(),
                LegacyAliases.of(behaviour.legacyAliases()),
                behaviour.mapUnknownModels(),
                desk.time());
        Reporter reporter = new Reporter(desk.accounts(), desk.health());
        return new ApiRoutes(
                        names,
                        new Replies(decisions, reporter::used, new ToolCallIds()),
                        principal -> Optional.ofNullable(
                                desk.accounts().balance(principal).left()),
                        desk.time())
                .routes();
    }

    /** Settles what a request used. */
    private record Reporter(Accounts accounts, Health health) {
        void used(Exchange exchange, ServedRuns served, Usage usage, RunTimings timings, @Nullable FinishReason end) {
            Outcome outcome = outcome(end);
            exchange.note("prompt", usage.promptTokens());
            exchange.note("hit", usage.reusedTokens());
            exchange.note("completion", usage.completionTokens());
            exchange.note("end", outcome.label());
            accounts.settle(new UsageRecord(
                    exchange.requestId(),
                    new UsageRecord.Asked(
                            exchange.principal().name(),
                            served.model(),
                            served.normalised().words()),
                    UsageRecord.Tokens.of(usage),
                    outcome,
                    UsageRecord.Times.of(timings)));
        }

        private Outcome outcome(@Nullable FinishReason end) {
            return switch (end) {
                case null -> health.draining() ? Outcome.SHUTDOWN : Outcome.FAILED;
                case STOP -> Outcome.STOP;
                case LENGTH -> Outcome.LENGTH;
                case TOOL_CALLS -> Outcome.TOOL_CALLS;
                case DEADLINE -> Outcome.DEADLINE;
                case CANCELLED -> health.draining() ? Outcome.SHUTDOWN : Outcome.DISCONNECTED;
            };
        }
    }
}
