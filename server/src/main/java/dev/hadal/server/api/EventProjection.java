package dev.hadal.server.api;

import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.Usage;
import dev.hadal.server.http.HttpException;
import java.util.List;

/**
 * What the events of an answer become in the stream of a dialect. Knows neither sockets nor threads; one at a time
 * calls it.
 */
public interface EventProjection {
    /**
     * What the stream begins with.
     *
     * @param usage what is known of it when the first event comes: the prompt
     */
    List<ServerEvent> begin(Usage usage);

    /**
     * What an event becomes.
     *
     * @param choice which of the answers it belongs to, from 0
     */
    List<ServerEvent> accept(int choice, ChatEvent event);

    /** What the stream ends with, after the {@link ChatEvent.End} of every answer. */
    List<ServerEvent> end();

    /** What the stream ends with instead if an answer cannot be continued. */
    List<ServerEvent> failed(HttpException failure, String requestId);
}
