package dev.hadal.server.api;

import dev.hadal.ChatRun;
import dev.hadal.GenerationFailedException;
import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.FinishReason;
import dev.hadal.server.http.ClientGoneException;
import dev.hadal.server.http.Exchange;
import dev.hadal.server.http.HttpException;
import dev.hadal.server.http.SseStream;
import java.util.List;

/** Sends the events of runs in the words of a dialect. */
final class StreamedReply {
    private final Exchange exchange;
    private final ServedRuns runs;
    private final EventProjection projection;
    private final RunReports reports;
    private boolean begun;
    private volatile boolean gone;

    StreamedReply(Exchange exchange, ServedRuns runs, EventProjection projection, CallReport report) {
        this.exchange = exchange;
        this.runs = runs;
        this.projection = projection;
        this.reports = new RunReports(exchange, runs, report);
    }

    void send() {
        try (SseStream stream = exchange.events()) {
            exchange.onDisconnect(this::leave);
            try {
                new MergedEvents(runs.runs()).forEach((choice, event) -> accept(stream, choice, event));
                reports.send(gone);
                write(stream, projection.end());
            } catch (ClientGoneException e) {
                gone = true;
                throw e;
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                fail(stream, Refusals.interrupted());
            } catch (GenerationFailedException e) {
                fail(stream, Refusals.failed(e, exchange.requestId()));
            } catch (HttpException e) {
                fail(stream, e);
            } catch (RuntimeException e) {
                exchange.note("error", e.toString());
                fail(stream, Replies.internal(exchange.requestId()));
            }
        } finally {
            reports.send(gone);
        }
    }

    private void leave() {
        gone = true;
        runs.runs().forEach(ChatRun::cancel);
    }

    private void accept(SseStream stream, int choice, ChatEvent event) {
        reports.saw(choice, event);
        if (event instanceof ChatEvent.End end && end.reason() == FinishReason.CANCELLED) {
            throw Refusals.interrupted();
        }
        if (!begun) {
            begun = true;
            write(stream, projection.begin(runs.runs().getFirst().usage()));
        }
        for (ChatEvent shown : Shown.of(event, runs.toolsForbidden())) {
            write(stream, projection.accept(choice, shown));
        }
    }

    private void fail(SseStream stream, HttpException failure) {
        exchange.note("failure", failure.status());
        reports.send(gone);
        write(stream, projection.failed(failure, exchange.requestId()));
    }

    private static void write(SseStream stream, List<ServerEvent> events) {
        for (ServerEvent event : events) {
            String name = event.name();
            if (name == null) {
                stream.data(event.data());
            } else {
                stream.event(name, event.data());
            }
        }
    }
}
