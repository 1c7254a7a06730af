package dev.hadal.server.api;

import dev.hadal.ChatRun;
import dev.hadal.chat.ChatEvent;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** The events of several runs as they come. A single run is read by the caller's thread, several by one each. */
final class MergedEvents {
    private static final int CAPACITY = 256;

    private final List<? extends Iterable<ChatEvent>> runs;

    /** What came of a run. */
    sealed interface Item {
        /** An event of the run with this index. */
        record Event(int choice, ChatEvent event) implements Item {}

        /** A run cannot be continued. */
        record Failure(RuntimeException reason) implements Item {}

        /** A run has no more events. */
        record Over() implements Item {}
    }

    /** What takes the events. */
    interface Taker {
        /** Takes an event. */
        void take(int choice, ChatEvent event);
    }

    MergedEvents(List<? extends Iterable<ChatEvent>> runs) {
        this.runs = runs;
    }

    /**
     * Hands over every event until all runs are over.
     *
     * @throws RuntimeException what the first failing run threw
     */
    void forEach(Taker taker) throws InterruptedException {
        if (runs.size() == 1) {
            for (ChatEvent event : runs.getFirst()) {
                taker.take(0, event);
            }
            return;
        }
        BlockingQueue<Item> queue = new ArrayBlockingQueue<>(CAPACITY);
        for (int choice = 0; choice < runs.size(); choice++) {
            int index = choice;
            Thread.ofVirtual().name("choice-" + index).start(() -> read(index, queue));
        }
        try {
            for (int open = runs.size(); open > 0; ) {
                switch (queue.take()) {
                    case Item.Event item -> taker.take(item.choice(), item.event());
                    case Item.Failure item -> throw item.reason();
                    case Item.Over _ -> open--;
                }
            }
        } finally {
            abandon(queue);
        }
    }

    private void read(int choice, BlockingQueue<Item> queue) {
        try {
            try {
                Iterator<ChatEvent> events = runs.get(choice).iterator();
                while (events.hasNext()) {
                    queue.put(new Item.Event(choice, events.next()));
                }
                queue.put(new Item.Over());
            } catch (RuntimeException e) {
                queue.put(new Item.Failure(e));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** After a failure the other readers must not wait for room. */
    private void abandon(BlockingQueue<Item> queue) {
        for (Iterable<ChatEvent> run : runs) {
            if (run instanceof ChatRun chatRun) {
                chatRun.cancel();
            }
        }
        queue.clear();
    }
}
