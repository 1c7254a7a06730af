package dev.hadal.server.api;

import dev.hadal.ChatRun;
import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.FinishReason;
import dev.hadal.server.http.Exchange;
import org.jspecify.annotations.Nullable;

/** Reports a request once, however it ends. */
final class RunReports {
    private final Exchange exchange;
    private final ServedRuns runs;
    private final CallReport report;
    private @Nullable FinishReason end;
    private boolean sent;

    RunReports(Exchange exchange, ServedRuns runs, CallReport report) {
        this.exchange = exchange;
        this.runs = runs;
        this.report = report;
    }

    void saw(int choice, ChatEvent event) {
        if (choice == 0 && event instanceof ChatEvent.End last) {
            end = last.reason();
        }
    }

    /**
     * Gives up what still runs and reports; a second time does nothing. Comes before the last byte of a reply, so that
     * whoever has the reply finds the report.
     *
     * @param left whether the client has left
     */
    void send(boolean left) {
        if (sent) {
            return;
        }
        sent = true;
        runs.runs().forEach(ChatRun::close);
        ChatRun first = runs.runs().getFirst();
        report.used(
                exchange,
                runs,
                Usages.sum(runs.runs().stream().map(ChatRun::usage).toList()),
                first.timings(),
                end == null && left ? FinishReason.CANCELLED : end);
    }
}
