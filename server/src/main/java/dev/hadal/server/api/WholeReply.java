package dev.hadal.server.api;

import dev.hadal.ChatRun;
import dev.hadal.GenerationFailedException;
import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.FinishReason;
import dev.hadal.server.http.ErrorBody;
import dev.hadal.server.http.Exchange;
import dev.hadal.server.http.HttpException;
import dev.hadal.server.http.PendingReply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Sends one body when all runs are complete. */
final class WholeReply {
    private final Exchange exchange;
    private final ServedRuns runs;
    private final RunReports reports;
    private volatile boolean gone;
    private final List<AnswerGatherer> gatherers = new ArrayList<>();

    WholeReply(Exchange exchange, ServedRuns runs, CallReport report) {
        this.exchange = exchange;
        this.runs = runs;
        this.reports = new RunReports(exchange, runs, report);
        runs.runs().forEach(run -> gatherers.add(new AnswerGatherer()));
    }

    void send(boolean logProbs, Function<List<Answer>, JsonNode> body) {
        try (PendingReply reply = exchange.pending()) {
            exchange.onDisconnect(this::leave);
            try {
                new MergedEvents(runs.runs()).forEach(this::accept);
                List<Answer> answers = gatherers.stream()
                        .map(gatherer -> gatherer.answer(logProbs))
                        .toList();
                byte[] content = Json.text(body.apply(answers)).getBytes(StandardCharsets.UTF_8);
                reports.send(gone);
                reply.finish(200, content);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                fail(reply, Refusals.interrupted());
            } catch (GenerationFailedException e) {
                fail(reply, Refusals.failed(e, exchange.requestId()));
            } catch (HttpException e) {
                fail(reply, e);
            }
        } finally {
            reports.send(gone);
        }
    }

    private void leave() {
        gone = true;
        runs.runs().forEach(ChatRun::cancel);
    }

    private void accept(int choice, ChatEvent event) {
        reports.saw(choice, event);
        if (event instanceof ChatEvent.End end && end.reason() == FinishReason.CANCELLED) {
            throw Refusals.interrupted();
        }
        Shown.of(event, runs.toolsForbidden()).forEach(gatherers.get(choice)::accept);
    }

    private void fail(PendingReply reply, HttpException failure) {
        exchange.note("failure", failure.status());
        reports.send(gone);
        reply.finish(failure.status(), ErrorBody.bytes(failure, exchange.route().dialect(), exchange.requestId()));
    }
}
